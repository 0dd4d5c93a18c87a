"""Sessions, and the calendars in which they are booked."""
