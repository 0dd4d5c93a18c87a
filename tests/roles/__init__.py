"""The table of roles, walked over HTTP."""
