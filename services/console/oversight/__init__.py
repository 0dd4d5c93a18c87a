"""Oversight: the pairs of a program and when they meet, for those who run it; never what they talk about."""
