"""Figures of a program, each with its formula, where the true value lies, and the events behind it."""
