"""What somebody states about themselves, field by field: one reader for forms, files and services alike."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from shared.text import visible
from shared.vocabulary.bands import understand_experience
from shared.vocabulary.cells import LONGEST_CELL, clean, split_list
from shared.vocabulary.findings import Finding, Note
from shared.vocabulary.languages import Spoken, understand_languages
from shared.vocabulary.locations import Place, understand_location
from shared.vocabulary.months import understand_months
from shared.vocabulary.no_answers import stated
from shared.vocabulary.offers import (
    understand_format,
    understand_hours,
    understand_mentors,
    understand_seats,
    understand_years,
)
from shared.vocabulary.skills import understand_areas, understand_goals, understand_programming_languages

T = TypeVar("T")

Written = str | Sequence[str]
"""What is in a field: a text, or the entries of a list that a form keeps apart."""

LONGEST = {"name": 200, "location": 200}
"""Characters, where less than `LONGEST_CELL` is enough."""


class Fields:
    """The fields of one person while they are read, and the notes so far, each with its field."""

    def __init__(self, written: Mapping[str, Written]) -> None:
        self.notes: list[tuple[str, Note]] = []
        self._written = written

    def written(self, field: str) -> str:
        """Return a text as it came; empty if there is none."""
        found = self._written.get(field, "")
        return found if isinstance(found, str) else "; ".join(found)

    def visible(self, field: str) -> str:
        """Return the text, cleaned."""
        text = self.written(field)
        return self.take(field, clean(text, LONGEST.get(field, LONGEST_CELL))) if text else ""

    def text(self, field: str) -> str:
        """Return the text, cleaned; empty if nothing was stated, or that there is no answer."""
        return self.take(field, stated(self.visible(field)))

    def entries(self, field: str) -> tuple[str, ...]:
        """Return the entries of a list, without those that are no answer."""
        found = self._written.get(field, "")
        if isinstance(found, str):
            entries: Sequence[str] = self._split(field, found)
        else:
            entries = [self.take(field, clean(entry)) for entry in found]
        return tuple(kept for entry in entries if (kept := self.take(field, stated(entry))))

    def _split(self, field: str, written: str) -> list[str]:
        """The entries of a text: in a cell, each may have a line of its own."""
        lines = [line for part in visible(written).split("\n") if (line := " ".join(part.split()))]
        text = self.text(field)
        return split_list("\n".join(lines)) if text and len(lines) > 1 else split_list(text)

    def read(self, field: str, understand: Callable[[str], Finding[T | None]]) -> T | None:
        """Read what the text says, if anything."""
        text = self.text(field)
        return self.take(field, understand(text)) if text else None

    def read_list(self, field: str, understand: Callable[[tuple[str, ...]], Finding[tuple[T, ...]]]) -> tuple[T, ...]:
        """Read the entries of a list, if any."""
        entries = self.entries(field)
        return self.take(field, understand(entries)) if entries else ()

    def take(self, field: str, finding: Finding[T]) -> T:
        """Return the value of a finding, and keep its notes."""
        self.notes += [(field, note) for note in finding.notes]
        return finding.value


class Answers(NamedTuple):
    """What a person stated. What nobody stated is None or empty, never zero."""

    location: str
    place: Place
    languages: tuple[Spoken, ...]
    format: str | None
    seats: int | None
    mentors: int | None
    hours_per_month: float | None
    months_available: tuple[int, ...]
    experience: str | None
    years: float | None
    areas: tuple[str, ...]
    programming_languages: tuple[str, ...]
    goals: tuple[str, ...]

    @property
    def spoken(self) -> tuple[str, ...]:
        """The ISO 639 codes of the languages."""
        return tuple(one.code for one in self.languages)

    @property
    def language_levels(self) -> dict[str, str] | None:
        """How well each is spoken of which that was said, by its code."""
        return {one.code: one.level for one in self.languages if one.level} or None


def read_answers(fields: Fields, role: str) -> Answers:
    """Read all that matching may compare of somebody who takes part in a role."""
    meeting_format = fields.read("format", understand_format)
    location = fields.text("location")
    return Answers(
        location=location,
        place=fields.take("location", understand_location(location)) if location else Place(),
        languages=fields.read_list("languages", understand_languages),
        format=meeting_format,
        seats=fields.read("seats", lambda text: understand_seats(text, meeting_format)),
        mentors=fields.read("mentors", lambda text: understand_mentors(text, role)),
        hours_per_month=fields.read("hours_per_month", understand_hours),
        months_available=fields.read_list("months_available", understand_months),
        experience=fields.read("experience", understand_experience),
        years=fields.read("years", understand_years),
        areas=fields.read_list("areas", understand_areas),
        programming_languages=fields.read_list("programming_languages", understand_programming_languages),
        goals=fields.read_list("goals", understand_goals),
    )
