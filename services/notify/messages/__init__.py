"""Messages to people: what there is to say, and what became of it."""
