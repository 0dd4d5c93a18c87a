"""What people write in a cell or a field, and what they mean by it."""
