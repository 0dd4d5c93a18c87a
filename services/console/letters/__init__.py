"""Letters: the mails that went out in a program, for those who run it."""
