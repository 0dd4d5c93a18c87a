"""The operators' interface: what a service does, and what is done to put it right. For operators only."""
