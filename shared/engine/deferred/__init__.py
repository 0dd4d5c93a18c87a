"""What a handler has asked for and happens later: timers, effects, the rounds of a sandbox's clock."""
