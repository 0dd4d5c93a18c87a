"""Surveys: who is asked about what, who has answered, and what was said."""
