"""Names of people: what can be read as one, and what only says that there is none."""

import re

from shared.text import checked_name
from shared.vocabulary.no_answers import is_nobody
from shared.vocabulary.spelling import spelling

TITLES = frozenset(
    ("dr", "prof", "mr", "mrs", "ms", "mx", "herr", "frau", "sig", "sigra", "dott", "dottssa", "ing", "phd", "msc")
)
"""Words before a name or behind it that are no part of it."""


def checked_person_name(text: str) -> str:
    """Return a name as one visible line; raises `ValueError` with the remedy for what is nobody's."""
    name = checked_name(text)
    if is_nobody(name):
        raise ValueError(f'"{name[:40]}" says that there is no answer: write the name')
    return name


def name_key(text: str) -> str:
    """Return the same for a name in either order, with its accents or without, and with a title or without."""
    words = [spelling(word) for word in re.split(r"[\s,.]+", text)]
    return " ".join(sorted(word for word in words if word and word not in TITLES))
