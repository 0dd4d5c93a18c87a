"""Links of mails: what can be done on a phone without signing in."""
