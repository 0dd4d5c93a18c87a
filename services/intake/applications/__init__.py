"""Taking part in a program: asking, deciding, pausing, leaving."""
