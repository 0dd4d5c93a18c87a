"""Design: what a program is like before it is published, from what it may begin as to how people see it."""
