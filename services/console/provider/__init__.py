"""The organization's provider (OpenID Connect): set, tried out, and mapped to roles."""
