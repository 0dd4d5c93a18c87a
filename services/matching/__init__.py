"""matching: who with whom, and why."""
