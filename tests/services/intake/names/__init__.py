"""Names for whoever may see them."""
