"""Matching by hand: whom those who run a program may propose to whom, and what that would be, before they do."""
