"""The organization: what it is called, and what holds for those who state nothing else."""
