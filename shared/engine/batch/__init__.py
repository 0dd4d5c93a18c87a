"""One batch in memory, and the rows that its transaction writes."""
