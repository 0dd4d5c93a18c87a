"""How Ithaca is run: on a laptop, in containers and in clusters; shown on a tour, and looked after by operators."""
