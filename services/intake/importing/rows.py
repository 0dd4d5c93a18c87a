"""Reads one person from one row, with a remark on everything that was not taken exactly as it stands."""

from services.intake.importing.imported_person import ImportedPerson
from shared.contracts.intake import MeetingFormat, Role
from shared.sheets.sheet import Record
from shared.text import joined_lines
from shared.vocabulary.emails import email_key, understand_email
from shared.vocabulary.findings import Finding, Kind, Remark, guessed, left_out, refused
from shared.vocabulary.names import checked_person_name
from shared.vocabulary.no_answers import is_no_answer
from shared.vocabulary.reading import Answers, Fields, read_answers
from shared.vocabulary.time_zones import understand_zone


def understand_row(
    row: Record, role: Role, default_time_zone: str | None = None
) -> tuple[ImportedPerson | None, list[Remark]]:
    """Read the person in a row, or None if it is refused, with a remark that says why."""
    if row.fault:
        return None, [refused("", row.fault).at(row.line, None)]
    fields = Fields(row.cells)
    person = _person(row.line, role, fields, default_time_zone)
    remarks = [note.at(row.line, column) for column, note in fields.notes]
    is_refused = any(remark.kind is Kind.REFUSED for remark in remarks)
    return None if is_refused else person, remarks


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
    """The zone as stated, else the only one that the location allows, else the default."""
    location, place = answers.location, answers.place
    if stated := fields.text("time_zone"):
        return fields.take("time_zone", understand_zone(stated))
    if place.time_zone:
        why = f'No time zone is given; "{location}" is in {place.time_zone}.'
        return fields.take("time_zone", Finding(place.time_zone, (guessed(location, place.time_zone, why),)))
    if default:
        why = f"No time zone is given; {default} is used, the default of this import."
        return fields.take("time_zone", Finding(default, (guessed("", default, why),)))
    unknown = left_out("", "No time zone is given, and the location does not tell one.")
    return fields.take("time_zone", Finding(None, (unknown,)))
