"""Every message to people: a folder each, found by itself.

A folder holds the event that gives reason for the message and to whom it goes (`__init__.py`), its texts in every
language, and an example of the values that they need.
"""
