"""A match run: how it is asked for, how far it is, and what it has found."""
