"""Tests of the pages, and of the site that is built from them."""
