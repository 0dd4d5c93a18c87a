"""Tests of people who go."""
