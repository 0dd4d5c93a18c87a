"""The relationship at work: sessions, and what the two have agreed to do between them."""
