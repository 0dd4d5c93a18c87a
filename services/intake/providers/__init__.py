"""The OpenID Connect provider of an organization: its settings, what it says of people, and whether it works."""
