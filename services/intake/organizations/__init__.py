"""Organizations that have onboarded: tenants."""
