"""What matching holds, and the rules on it."""
