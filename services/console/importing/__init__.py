"""Importing people from a table: looked at cell by cell first, corrected where they stand, and only then taken."""
