"""The HTTP edge: commands and reads with tokens, problems, versions and idempotency keys."""
