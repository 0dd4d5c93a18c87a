"""Meetings: when the members of a relationship meet, and what becomes of it."""
