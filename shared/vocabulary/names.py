"""Names of people: what can be read as one, and what only says that there is none."""

from shared.text import checked_name
from shared.vocabulary.no_answers import is_nobody


def checked_person_name(text: str) -> str:
    """Return a name as one visible line; raises `ValueError` with the remedy for what is nobody's."""
    name = checked_name(text)
    if is_nobody(name):
        raise ValueError(f'"{name[:40]}" says that there is no answer: write the name')
    return name
