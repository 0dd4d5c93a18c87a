"""Work that operators ask for: replays, rebuilds, repairs, publishing again after a restore."""
