"""Imports, their slices, and what each row brings about."""
