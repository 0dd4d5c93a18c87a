"""Onboarding: whoever wants an organization of their own opens one, where the deployment lets anybody do so."""
