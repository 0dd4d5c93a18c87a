"""Applications, the profiles in them, and the place that each one holds."""
