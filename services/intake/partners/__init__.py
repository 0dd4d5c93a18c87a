"""Who is or was matched with whom, as matching has told: so that two who may know each other see each other's names."""
