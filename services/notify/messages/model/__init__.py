"""Drafts, how far things have come, and notifications."""
