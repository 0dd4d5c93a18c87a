"""A match, the seats and the requests that it is about, and the search for the next mentor."""
