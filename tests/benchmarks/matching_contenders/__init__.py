"""Programs that solve one matching each, every one in an environment of its own, and print what it took as JSON."""
