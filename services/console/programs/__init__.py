"""Programs: which there are, how each of them goes, and what comes next."""
