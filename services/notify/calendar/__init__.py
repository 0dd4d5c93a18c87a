"""Sessions in the calendars of people."""
