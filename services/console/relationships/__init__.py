"""Relationships: two who work together, the sessions that they hold, and what they agree to do."""
