"""Pages that stay true while they are open."""
