"""Invitations to a role: whoever is invited says yes, and has it."""
