"""What the engine asks of a database and of a broker."""
