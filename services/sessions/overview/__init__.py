"""Overview: how relationships go, and what waits for somebody in all of theirs."""
