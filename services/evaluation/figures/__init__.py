"""Figures: what a program has come to, each figure with its formula and the events behind it."""
