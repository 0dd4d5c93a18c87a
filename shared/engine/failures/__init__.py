"""What becomes of a message that cannot be handled now: it waits in its lane, or becomes a dead letter."""
