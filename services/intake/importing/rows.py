"""Reads one person from one row, with a remark on everything that was not taken exactly as it stands."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from services.intake.importing.imported_person import ImportedPerson
from shared.contracts.intake import MeetingFormat, Role
from shared.sheets.sheet import Record
from shared.text import checked_name, joined_lines
from shared.vocabulary.amounts import understand_experience, understand_months
from shared.vocabulary.cells import LONGEST_CELL, clean
from shared.vocabulary.emails import email_key, understand_email
from shared.vocabulary.findings import Finding, Kind, Note, Remark, guessed, left_out, refused
from shared.vocabulary.languages import understand_languages
from shared.vocabulary.locations import Place, understand_location
from shared.vocabulary.offers import (
    understand_format,
    understand_hours,
    understand_mentors,
    understand_seats,
    understand_years,
)
from shared.vocabulary.skills import understand_areas, understand_goals, understand_programming_languages
from shared.vocabulary.time_zones import understand_zone

T = TypeVar("T")

LONGEST = {"name": 200, "location": 200}
"""Characters, where less than `LONGEST_CELL` is enough."""


class Cells:
    """The cells of one row while they are read, and the remarks so far."""

    def __init__(self, line: int, texts: Mapping[str, str]) -> None:
        self.remarks: list[Remark] = []
        self._line = line
        self._texts = texts

    def cell(self, column: str) -> str:
        """Return the cell as it came; empty if the file lacks the column."""
        return self._texts.get(column, "")

    def text(self, column: str) -> str:
        """Return the cleaned cell; empty if nothing was stated."""
        cell = self.cell(column)
        return self.take(column, clean(cell, LONGEST.get(column, LONGEST_CELL))) if cell else ""

    def read(self, column: str, understand: Callable[[str], Finding[T | None]]) -> T | None:
        """Read what the cell says, if anything."""
        text = self.text(column)
        return self.take(column, understand(text)) if text else None

    def read_list(self, column: str, understand: Callable[[str], Finding[tuple[T, ...]]]) -> tuple[T, ...]:
        """Read the entries of the cell, if any."""
        text = self.text(column)
        return self.take(column, understand(text)) if text else ()

    def take(self, column: str, finding: Finding[T]) -> T:
        """Return the value of a finding, and make its notes remarks on this cell."""
        for note in finding.notes:
            self.remark(column, note)
        return finding.value

    def remark(self, column: str | None, note: Note) -> None:
        """Add a remark on a cell, or on the row."""
        self.remarks.append(note.at(self._line, column))


def understand_row(
    row: Record, role: Role, default_time_zone: str | None = None
) -> tuple[ImportedPerson | None, list[Remark]]:
    """Read the person in a row, or None if it is refused, with a remark that says why."""
    cells = Cells(row.line, row.cells)
    if row.fault:
        cells.remark(None, refused("", row.fault))
        return None, cells.remarks
    person = _person(row.line, role, cells, default_time_zone)
    is_refused = any(remark.kind is Kind.REFUSED for remark in cells.remarks)
    return None if is_refused else person, cells.remarks


def _person(line: int, role: Role, cells: Cells, default_time_zone: str | None) -> ImportedPerson | None:
    name = _name(cells)
    email = cells.take("email", understand_email(cells.cell("email")))
    location = cells.text("location")
    place = cells.take("location", understand_location(location)) if location else Place()
    time_zone = _time_zone(cells, location, place, default_time_zone)
    meeting_format = cells.read("format", understand_format)
    if not name or email is None:
        return None
    return ImportedPerson(
        line=line,
        name=name,
        email=email,
        email_key=email_key(email),
        location=location or None,
        country=place.country,
        time_zone=time_zone,
        languages=cells.read_list("languages", understand_languages),
        meeting_format=MeetingFormat(meeting_format) if meeting_format else None,
        seats=cells.read("seats", lambda text: understand_seats(text, meeting_format)),
        mentors=cells.read("mentors", lambda text: understand_mentors(text, role)),
        hours_per_month=cells.read("hours_per_month", understand_hours),
        months_available=cells.read_list("months_available", understand_months),
        experience=cells.read("experience", understand_experience),
        years=cells.read("years", understand_years),
        areas=cells.read_list("areas", understand_areas),
        programming_languages=cells.read_list("programming_languages", understand_programming_languages),
        goals=cells.read_list("goals", understand_goals),
    )


def _name(cells: Cells) -> str:
    """The name; empty, with a remark that says why, if there is none that can be read."""
    stated = cells.text("name")
    if not stated:
        cells.remark("name", refused("", "A name is needed."))
        return ""
    try:
        checked_name(joined_lines(cells.cell("name")))
        return stated
    except ValueError as error:
        cells.remark("name", refused(stated, f"{str(error)[0].upper()}{str(error)[1:]}."))
        return ""


def _time_zone(cells: Cells, location: str, place: Place, default: str | None) -> str | None:
    """The zone as stated, else the only one that the location allows, else the default."""
    stated = cells.text("time_zone")
    if stated:
        return cells.take("time_zone", understand_zone(stated))
    if place.time_zone:
        why = f'No time zone is given; "{location}" is in {place.time_zone}.'
        return cells.take("time_zone", Finding(place.time_zone, (guessed(location, place.time_zone, why),)))
    if default:
        why = f"No time zone is given; {default} is used, the default of this import."
        return cells.take("time_zone", Finding(default, (guessed("", default, why),)))
    cells.remark("time_zone", left_out("", "No time zone is given, and the location does not tell one."))
    return None
