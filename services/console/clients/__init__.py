"""Clients: other systems that act in the organization, and by which secrets and keys they show who they are."""
