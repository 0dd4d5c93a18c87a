"""Images of the services, and what of them is released."""
