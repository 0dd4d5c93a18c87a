"""What people write in a cell or a field, and what is meant by it."""
