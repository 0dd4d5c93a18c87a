"""Organizations, their programs, the people in them, and who takes part as what."""
