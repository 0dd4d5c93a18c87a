"""From the queue to the transaction: loads, runs and commits batches."""
