"""One process of a service: how it starts, runs, is measured and stops."""
