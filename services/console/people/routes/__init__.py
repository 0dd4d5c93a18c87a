"""The pages of people: found, one by one, made one of two, and as the teams that look after programs."""
