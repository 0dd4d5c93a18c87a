"""Reads one person from one row, with a remark on everything that was not taken exactly as it stands."""

from collections.abc import Iterator

from services.intake.importing.columns import whole_name
from services.intake.importing.imported_person import ImportedPerson
from shared.contracts.intake import MeetingFormat, Role
from shared.sheets.table import Row
from shared.text import joined_lines
from shared.vocabulary.answers import Answers, Fields, read_answers
from shared.vocabulary.emails import email_key, understand_email
from shared.vocabulary.findings import Finding, Kind, Note, Remark, guessed, left_out, refused, understood
from shared.vocabulary.names import checked_person_name
from shared.vocabulary.no_answers import is_no_answer
from shared.vocabulary.time_zones import understand_zone

SHOWN = 5
"""Columns that a sentence names."""


def understand_row(
    row: Row, role: Role, default_time_zone: str | None = None
) -> tuple[ImportedPerson | None, list[Remark]]:
    """Read the person in a row, or None if it is refused, with a remark that says why."""
    if row.fault:
        return None, [refused("", f"The row {row.fault}.").at(row.line, None)]
    fields = Fields({**row.cells, "name": whole_name(row.cells)})
    person = _person(row.line, role, fields, default_time_zone)
    remarks = [note.at(row.line, column) for column, note in (*_lacking(row), *fields.notes)]
    is_refused = any(remark.kind is Kind.REFUSED for remark in remarks)
    return None if is_refused else person, remarks


def _lacking(row: Row) -> Iterator[tuple[str | None, Note]]:
    """What of a row is not in the file: cells that it ends before, and formulas without a value."""
    if row.lacking:
        more = len(row.lacking) - SHOWN
        names = ", ".join([*row.lacking[:SHOWN], *([f"{more} more"] if more > 0 else [])])
        yield None, understood("", "not stated", f"The row ends early, so this is not stated: {names}.")
    for column, why in row.unread.items():
        yield column, left_out("", why)


def _person(line: int, role: Role, fields: Fields, default_time_zone: str | None) -> ImportedPerson | None:
    name, email = _name(fields), _email(fields)
    answers = read_answers(fields, role)
    time_zone = _time_zone(fields, answers, default_time_zone)
    if not name or email is None:
        return None
    return ImportedPerson(
        line=line,
        name=name,
        email=email,
        email_key=email_key(email),
        location=answers.location or None,
        country=answers.place.country,
        time_zone=time_zone,
        languages=answers.spoken,
        language_levels=answers.language_levels,
        meeting_format=MeetingFormat(answers.format) if answers.format else None,
        seats=answers.seats,
        mentors=answers.mentors,
        hours_per_month=answers.hours_per_month,
        months_available=answers.months_available,
        experience=answers.experience,
        years=answers.years,
        areas=answers.areas,
        programming_languages=answers.programming_languages,
        goals=answers.goals,
    )


def _name(fields: Fields) -> str:
    """The name; empty, with a remark that says why, if there is none that can be read."""
    shown = fields.visible("name")
    if not shown:
        return fields.take("name", Finding("", (refused("", "A name is needed."),)))
    try:
        checked_person_name(joined_lines(fields.written("name")))
        return shown
    except ValueError as error:
        why = refused(shown, f"{str(error)[0].upper()}{str(error)[1:]}.")
        return fields.take("name", Finding("", (why,)))


def _email(fields: Fields) -> str | None:
    written = fields.written("email")
    return fields.take("email", understand_email("" if is_no_answer(written) else written))


def _time_zone(fields: Fields, answers: Answers, default: str | None) -> str | None:
    """The zone as stated, else the only one that the location allows, else the default.

    One that cannot be read costs its cell only.
    """
    if stated := fields.text("time_zone"):
        zone, notes = understand_zone(stated)
        if zone:
            return fields.take("time_zone", Finding(zone, notes))
        fields.take("time_zone", Finding(None, tuple(left_out(stated, note.sentence) for note in notes)))
    lacking = "The time zone cannot be read" if stated else "No time zone is given"
    location, place = answers.location, answers.place
    if place.time_zone:
        why = f'{lacking}; "{location}" is in {place.time_zone}.'
        return fields.take("time_zone", Finding(place.time_zone, (guessed(location, place.time_zone, why),)))
    if default:
        why = f"{lacking}; {default} is used, the default of this import."
        return fields.take("time_zone", Finding(default, (guessed("", default, why),)))
    unknown = () if stated else (left_out("", f"{lacking}, and the location does not tell one."),)
    return fields.take("time_zone", Finding(None, unknown))
