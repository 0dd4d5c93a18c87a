"""What every service builds on: the contracts, the engine, the HTTP edge, the command line."""
