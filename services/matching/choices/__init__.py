"""What people and managers wish: mentors whom a mentee ranks, pairs that are kept apart or pinned."""
