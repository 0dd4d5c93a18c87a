"""Memberships, who gives roles, and invitations to them."""
