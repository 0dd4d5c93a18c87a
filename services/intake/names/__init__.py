"""Names for whoever may see them, many at once."""
