"""Risks: published rules that find relationships which may be drifting apart."""
