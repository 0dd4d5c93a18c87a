"""The matches of a program, for those who run it: how they stand, never what the two talk about."""
