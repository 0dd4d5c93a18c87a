"""Matches from their proposal to their answers, and to their early end."""
