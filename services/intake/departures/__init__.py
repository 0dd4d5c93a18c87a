"""People who leave the organization, and people of whom nothing is to be kept."""
