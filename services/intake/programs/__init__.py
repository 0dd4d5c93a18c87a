"""Mentoring programs."""
