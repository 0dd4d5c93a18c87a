"""Looks at a deployment from inside a process of a service, and says what is wrong and what to do."""
