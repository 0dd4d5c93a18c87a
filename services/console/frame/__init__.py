"""What all pages have in common: layout, parts, words in three languages, how dates are written, and what is served."""
