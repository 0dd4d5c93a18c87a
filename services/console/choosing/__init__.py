"""Choosing: a mentee chooses mentors, and says in which order they are asked."""
