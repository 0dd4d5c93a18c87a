"""The operators' pages: how the services are, what was given up and why, what a command has caused, who has what."""
