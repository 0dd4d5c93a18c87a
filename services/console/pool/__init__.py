"""The pool of a program: who takes part, and who waits for somebody and why."""
