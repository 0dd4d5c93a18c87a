"""Me: one's own card, where one is signed in, and the way out."""
