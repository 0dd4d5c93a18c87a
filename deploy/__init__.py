"""How Ithaca is run: on a laptop today."""
