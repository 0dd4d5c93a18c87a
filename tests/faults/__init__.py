"""Real services disturbed under load, and a checker of what clients were told and what came out: `make faults`."""
