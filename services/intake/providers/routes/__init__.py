"""The settings of a provider, which have a secret in them when they are set, and never when they are read."""
