"""The settings of a provider, and the rules for what it says of people."""
