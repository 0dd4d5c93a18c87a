"""What the contracts promise, tried from outside."""
