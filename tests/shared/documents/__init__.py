"""Tests of what makes the documents."""
