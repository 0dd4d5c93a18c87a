"""What the engine costs, beside its ceilings and peers, measured in turn in one run."""
