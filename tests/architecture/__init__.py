"""Rules about the tree that no other tool checks, each seen to fail."""
