"""The right word at the right time: messages to people, reminders, quiet hours."""
