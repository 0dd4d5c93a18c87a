"""Going: one leaves, or has nothing kept of oneself or of somebody else."""
