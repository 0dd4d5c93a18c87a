"""Reminders of sessions and of answers."""
