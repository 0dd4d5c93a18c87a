"""Whether a process lives, and whether it can work: for what starts it and sends it requests."""
