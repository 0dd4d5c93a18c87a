"""Who takes part in a program: in which role, with which profile, now or later."""
