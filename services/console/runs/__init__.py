"""Match runs: asking for one, seeing what it found and why, comparing two, and publishing what becomes proposals."""
