"""The operators' pages, each file a room."""
