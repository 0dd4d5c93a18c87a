"""How things are said: templates, dates, and the reasons for a match."""
