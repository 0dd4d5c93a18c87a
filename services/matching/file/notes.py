"""What was not taken as it stands in a file, said before anything is promised."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

MOST_NOTES = 40
"""Lines about what is not used; more are counted."""


class Note(NamedTuple):
    """One thing, with the place in the file, if it has one."""

    place: str
    words: str


def lines(notes: Iterable[Note]) -> Iterator[str]:
    """Put notes into lines: what is said of several places is said once, with the first of them."""
    places = dict[str, list[str]]()
    for place, words in dict.fromkeys(notes):
        places.setdefault(words, []).append(place)
    said = [f"{_first(found)}{words}" for words, found in places.items()]
    yield from said[:MOST_NOTES]
    if len(said) > MOST_NOTES:
        yield f"and {len(said) - MOST_NOTES:,} more of the kind"


def _first(places: list[str]) -> str:
    """The first place, and how many more there are."""
    if not places[0]:
        return ""
    more = f" (and {len(places) - 1:,} more)" if len(places) > 1 else ""
    return f"{places[0]}{more}: "
