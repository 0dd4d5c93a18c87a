"""The console: pages for everybody who takes part in mentoring, or runs it."""
