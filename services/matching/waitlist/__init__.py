"""Mentees for whom nobody was found, and the search for them once seats are free."""
