"""A database and a broker in memory, for simulations and tests in milliseconds.

They keep to the same contract suite as the real ones.
"""
