"""The site that `make docs` builds, and `ithaca docs`, which shows it."""
