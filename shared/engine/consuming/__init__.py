"""From the topics to the queue: records, positions, gaps, read models."""
