"""Where tokens come from: OAuth for machines, a mail for people, and the keys to check them with."""
