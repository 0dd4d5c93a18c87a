"""Proposals: two people are asked whether they want to work together, and answer."""
