"""Wishes: which letters somebody wants no longer, of those that they need not get."""
