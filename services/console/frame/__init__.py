"""What all pages have in common: layout, parts, words in three languages, how dates are written, and what is served.

How a page stays true while it is open (`data-live`, `data-poll`, `data-rows`) is told in `services/console/live`.
"""
