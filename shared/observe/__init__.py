"""What a process shows of itself: logs, metrics and traces. None of them has personal data in it."""
