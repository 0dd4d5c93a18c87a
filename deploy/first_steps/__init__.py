"""The first minutes: a sample organization to sign in to, and the first admin of one's own."""
