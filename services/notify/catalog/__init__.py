"""Every message to people: a folder each, with its texts in every language and an example."""
