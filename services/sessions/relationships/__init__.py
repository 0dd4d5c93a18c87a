"""Relationships: who works together, from the accepted match to the end."""
