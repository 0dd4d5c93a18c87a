"""People: found by name, for those who look after them; and whatever else a search finds."""
