"""Applications: who wants to take part, and who decides."""
