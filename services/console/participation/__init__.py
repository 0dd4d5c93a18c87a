"""Participation: how many somebody has room for, a pause, and ways out, each with what it does."""
