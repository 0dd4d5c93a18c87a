"""Clients and sign-in links."""
