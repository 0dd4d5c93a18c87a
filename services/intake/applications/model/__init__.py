"""Applications, the profiles in them, and the slot that each one occupies."""
