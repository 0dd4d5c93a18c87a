"""The relationship at work: sessions, and what their members have agreed to do."""
