"""Tests of what shows the pages."""
