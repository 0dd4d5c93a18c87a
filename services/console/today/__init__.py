"""Today: what waits for whoever looks, the most pressing first."""
