"""The sample community, as real people wrote themselves down."""

import pytest

from services.intake.importing.imported_person import ImportedPerson
from services.intake.importing.report import ReportedOutcome, read_people
from shared.contracts.intake import MeetingFormat, Role
from shared.vocabulary.findings import Kind
from tests.services.intake.importing.files import export, sample

FIELDS = (
    "name", "email", "location", "time_zone", "languages", "format", "seats", "hours_per_month", "months_available",
    "experience", "years", "areas", "programming_languages", "goals",
)  # fmt: skip


@pytest.mark.parametrize(("role", "count"), [(Role.MENTOR, 48), (Role.MENTEE, 96)])
def test_every_row_of_the_sample_is_accepted(role: Role, count: int) -> None:
    report, people = sample(role)
    assert report.totals == {ReportedOutcome.WOULD_CREATE: count}
    assert len(people) == count
    assert report.ignored_columns == ()
    assert (report.encoding, report.delimiter) == ("utf-8", ",")


def test_nothing_that_a_mentor_wrote_is_left_out() -> None:
    report, people = sample(Role.MENTOR)
    assert report.remark_totals.keys() == {Kind.UNDERSTOOD, Kind.GUESSED}
    assert all(mentor.country and mentor.time_zone and mentor.languages for mentor in people.values())


def test_mentees_whose_zone_nothing_tells_are_the_only_ones_left_out() -> None:
    report, people = sample(Role.MENTEE)
    left_out = [remark.line for row in report.rows for remark in row.remarks if remark.kind is Kind.LEFT_OUT]
    assert left_out == [mentee.line for mentee in people.values() if mentee.time_zone is None] == [14, 29, 82]


def test_the_mentors_offer_eighty_seats_and_none_of_them_ad_hoc() -> None:
    _, people = sample(Role.MENTOR)
    assert sum(mentor.seats or 0 for mentor in people.values()) == 80
    assert {mentor.seats for mentor in people.values() if mentor.meeting_format is MeetingFormat.AD_HOC} == {0}


def test_hours_of_zero_are_no_data() -> None:
    _, people = sample(Role.MENTOR)
    unstated = [mentor for mentor in people.values() if mentor.hours_per_month is None]
    assert {mentor.meeting_format for mentor in unstated} == {MeetingFormat.LONG_TERM}
    assert len(unstated) == 7


@pytest.mark.parametrize(
    ("name", "field", "expected"),
    [
        ("Mentor 01", "country", "US"),
        ("Mentor 02", "country", "GB"),
        ("Mentor 05", "programming_languages", ("Kotlin", "Java", "Scala")),
        ("Mentor 05", "areas", ("Engineering management", "Backend Developer", "Project Management")),
        ("Mentor 08", "country", "NG"),
        ("Mentor 09", "languages", ("en", "fil")),
        ("Mentor 10", "languages", ("en", "uk")),
        ("Mentor 10", "experience", "1-2 years"),
        ("Mentor 14", "country", "BG"),
        ("Mentor 14", "time_zone", "Europe/Sofia"),
        ("Mentor 14", "programming_languages", ()),
        ("Mentor 17", "time_zone", "Europe/Amsterdam"),
        ("Mentor 17", "goals", ()),
        ("Mentor 19", "programming_languages", ("HCL", "Rego", "YAML", "Bash", "Python")),
        ("Mentor 20", "country", "GB"),
        ("Mentor 20", "programming_languages", ("JavaScript",)),
        ("Mentor 24", "months_available", (5, 8, 9, 10, 11)),
        ("Mentor 25", "country", "TR"),
        ("Mentor 28", "country", "GB"),
        ("Mentor 30", "time_zone", "Europe/Madrid"),
        ("Mentor 32", "country", "GB"),
        ("Mentor 35", "country", "GB"),
        ("Mentor 38", "country", "NL"),
        ("Mentor 38", "areas", ("QA",)),
        ("Mentor 38", "programming_languages", ("Python", "JavaScript", "TypeScript")),
        ("Mentor 39", "time_zone", "America/New_York"),
        ("Mentor 42", "time_zone", "America/New_York"),
        ("Mentor 43", "country", "GB"),
        ("Mentor 45", "time_zone", "Europe/Tirane"),
        ("Mentor 48", "languages", ("en", "te", "ta")),
        ("Mentee 02", "country", None),
        ("Mentee 02", "time_zone", "Africa/Lagos"),
        ("Mentee 02", "hours_per_month", None),
        ("Mentee 03", "years", 0),
        ("Mentee 06", "years", None),
        ("Mentee 13", "time_zone", None),
        ("Mentee 14", "languages", ("en", "uk")),
        ("Mentee 16", "country", "AL"),
        ("Mentee 22", "languages", ("en", "de")),
        ("Mentee 39", "languages", ()),
        ("Mentee 42", "time_zone", "Europe/Kyiv"),
        ("Mentee 81", "time_zone", None),
    ],
)
def test_what_people_typed_is_understood(name: str, field: str, expected: object) -> None:
    _, people = sample(Role.MENTOR if name.startswith("Mentor") else Role.MENTEE)
    assert getattr(people[name], field) == expected


@pytest.mark.parametrize("role", list(Role))
def test_people_who_are_exported_and_imported_again_are_the_same(role: Role) -> None:
    _, people = sample(role)
    report, again = read_people(export(FIELDS, [_cells(person) for person in people.values()]), role)
    assert [person.model_dump(exclude={"line"}) for person in again] == [
        person.model_dump(exclude={"line"}) for person in people.values()
    ]
    assert report.totals == {ReportedOutcome.WOULD_CREATE: len(people)}


def _cells(person: ImportedPerson) -> list[str]:
    stated = person.model_dump() | {"format": person.meeting_format}
    return [_cell(stated[field]) for field in FIELDS]


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return ";".join(map(str, value))
    return "" if value is None else str(value)
