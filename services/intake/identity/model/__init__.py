"""Clients, requests to sign in, and what people have access by."""
