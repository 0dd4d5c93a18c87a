"""A whole file: who is taken, who is not, and why."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.importing.columns import COLUMNS
from services.intake.importing.report import ImportRefused, ImportReport, ReportedOutcome, read_people
from shared.contracts.intake import Role
from shared.vocabulary.findings import Kind
from tests.examples import examples
from tests.services.intake.importing.files import ANN, BOB, HEADER, export, file
from tests.shared.sheets.files import workbook

CELLS = st.text(max_size=30) | st.sampled_from(
    [
        "ann@example.org",
        "London, UK",
        "Europe/Berlin",
        "CST",
        "English; Ukranian",
        "both",
        "0",
        "2-4 Years",
        "5;6",
        "=1+1",
    ]
)


def test_one_bad_row_of_a_hundred_costs_only_that_row() -> None:
    lines = [f"Person {number},person{number}@example.org" for number in range(100)]
    lines[41] = "Person 41,nobody"
    report, people = read_people(file(HEADER, *lines), Role.MENTEE)
    assert len(people) == 99
    assert report.totals == {ReportedOutcome.WOULD_CREATE: 99, ReportedOutcome.REFUSED: 1}
    (refused,) = [row for row in report.rows if row.outcome is ReportedOutcome.REFUSED]
    assert refused.line == 43
    assert (43, "email", Kind.REFUSED) in [(remark.line, remark.column, remark.kind) for remark in refused.remarks]


def test_an_address_that_comes_twice_is_refused_the_second_time() -> None:
    report, people = read_people(file(HEADER, "Alice,Alice@g.com", "Alice B.,alice@g.com"), Role.MENTOR)
    assert [(person.name, person.email, person.email_key) for person in people] == [
        ("Alice", "Alice@g.com", "alice@g.com")
    ]
    assert [row.outcome for row in report.rows] == [ReportedOutcome.WOULD_CREATE, ReportedOutcome.REFUSED]
    assert report.rows[1].remarks[-1].sentence == (
        "Duplicate of line 2: the same address, Alice@g.com. Keep one of them."
    )


def test_a_refused_row_does_not_make_a_later_one_a_duplicate() -> None:
    report, people = read_people(file("email,name", "ann@example.org,", "ann@example.org,Ann"), Role.MENTOR)
    assert [row.outcome for row in report.rows] == [ReportedOutcome.REFUSED, ReportedOutcome.WOULD_CREATE]
    assert [person.line for person in people] == [3]


def test_a_row_that_ends_early_is_taken_with_one_remark() -> None:
    lines = ["Ada Uno,a1@example.org,2,QA,Learn", "Ada Due,a2@example.org,2", "Ada Tre,a3@example.org"]
    report, people = read_people(file("name,email,seats,areas,goals", *lines), Role.MENTOR)
    assert report.totals == {ReportedOutcome.WOULD_CREATE: 3}
    assert [(one.seats, one.areas) for one in people] == [(2, ("QA",)), (2, ()), (None, ())]
    remarks = [[one.sentence for one in row.remarks if one.column is None] for row in report.rows]
    assert remarks == [
        [],
        ["The row ends early, so this is not stated: areas, goals."],
        ["The row ends early, so this is not stated: seats, areas, goals."],
    ]


def test_a_row_that_ends_before_its_address_is_refused_by_its_line() -> None:
    report, people = read_people(file(HEADER, ANN, "Bob", "Cy,cy@example.org"), Role.MENTOR)
    assert [row.outcome for row in report.rows] == [
        ReportedOutcome.WOULD_CREATE,
        ReportedOutcome.REFUSED,
        ReportedOutcome.WOULD_CREATE,
    ]
    about = [(one.line, one.column, one.kind) for one in report.rows[1].remarks]
    assert about[:2] == [(3, None, Kind.UNDERSTOOD), (3, "email", Kind.REFUSED)]
    assert len(people) == 2


def test_a_row_with_a_cell_too_many_is_refused_by_its_line() -> None:
    report, _ = read_people(file(f"{HEADER},goals", f"{ANN},Learn, grow"), Role.MENTOR)
    (remark,) = report.rows[0].remarks
    assert (remark.kind, remark.line, remark.column) == (Kind.REFUSED, 2, None)


def test_a_header_alone_is_refused() -> None:
    with pytest.raises(ImportRefused, match="a header and no row"):
        read_people(file(HEADER), Role.MENTOR)


def test_a_formula_without_a_value_is_told_at_its_cell() -> None:
    content = workbook([["name", "email", "seats"], ["Ann", "ann@example.org", "=1+1"], ["=A2", "bob@example.org", 2]])
    report, people = read_people(content, Role.MENTOR)
    assert [person.name for person in people] == ["Ann"]
    told = [[(one.kind, one.column) for one in row.remarks if "formula" in one.sentence] for row in report.rows]
    assert told == [[(Kind.LEFT_OUT, "seats")], [(Kind.LEFT_OUT, "name")]]


@pytest.mark.parametrize(
    ("titles", "cells", "name"),
    [
        ("First name,Last name", "Ada,Uno", "Ada Uno"),
        ("Nachname,Vorname", "Uno,Ada", "Ada Uno"),
        ("Name,Vorname", "Uno,Ada", "Ada Uno"),
        ("Name,Vorname", "Ada Uno,Ada", "Ada Uno"),
        ("Cognome,Nome", "Uno,Ada", "Ada Uno"),
        ("Name,First name,Last name", "Dr. Ada Uno,Ada,Uno", "Dr. Ada Uno"),
        ("Name,First name,Last name", ",Ada,Uno", "Ada Uno"),
        ("Vorname,Nachname", "Ada,", "Ada"),
        ("Vorname,Nachname", "Ada,N/A", "Ada"),
        ("Vorname,Nachname", "Ada,Na", "Ada Na"),
        ("Vorname,Nachname", "An,Joanan", "An Joanan"),
    ],
)
def test_a_name_may_stand_in_two_columns(titles: str, cells: str, name: str) -> None:
    _, people = read_people(file(f"{titles},email", f"{cells},ada@example.org"), Role.MENTOR)
    assert [person.name for person in people] == [name]


def test_a_zone_that_cannot_be_read_costs_only_its_cell() -> None:
    content = file("name,email,location,time_zone", f"{ANN},Berlin,Europe/Berln", f"{BOB},,UTC+2")
    report, people = read_people(content, Role.MENTOR)
    assert [person.time_zone for person in people] == ["Europe/Berlin", None]
    kinds = [[(one.kind, one.column) for one in row.remarks if one.column == "time_zone"] for row in report.rows]
    assert kinds == [
        [(Kind.LEFT_OUT, "time_zone"), (Kind.GUESSED, "time_zone")],
        [(Kind.LEFT_OUT, "time_zone")],
    ]
    assert "did you mean Europe/Berlin?" in report.rows[0].remarks[-2].sentence


def test_two_thousand_columns_are_read_and_the_report_names_a_few() -> None:
    wide = ",".join(f"column {number}" for number in range(2_000))
    report, people = read_people(file(f"{HEADER},{wide}", f"{ANN},{wide}"), Role.MENTOR)
    assert len(people) == 1
    assert report.ignored_columns[-1] == "and 1,900 more"
    assert len(report.model_dump_json()) < 10_000


def test_who_has_left_is_told_so() -> None:
    report, _ = read_people(file(HEADER, ANN, BOB), Role.MENTOR)
    after = report.with_outcomes({2: ReportedOutcome.LEFT})
    assert after.totals == {ReportedOutcome.LEFT: 1, ReportedOutcome.WOULD_CREATE: 1}
    assert "withdrawn or left before" in after.rows[0].remarks[0].sentence


def test_the_report_tells_how_the_file_was_read() -> None:
    content = file("name;email;shoe size", "Jörg;joerg@example.org;43", encoding="cp1252")
    report, _ = read_people(content, Role.MENTEE, encoding="cp1252")
    assert report.model_dump(exclude={"rows", "cells", "remark_totals"}) == {
        "role": "mentee",
        "sha256": hashlib.sha256(content).hexdigest(),
        "format": "csv",
        "encoding": "cp1252",
        "delimiter": ";",
        "sheet": None,
        "notes": (),
        "columns": ("name", "email"),
        "ignored_columns": ("shoe size",),
        "totals": {"would_create": 1},
    }


def test_the_report_survives_json() -> None:
    report, _ = read_people(file(f"{HEADER},languages", f"{ANN},Ukranian", "Bob,bob,"), Role.MENTOR)
    assert ImportReport.model_validate_json(report.model_dump_json()) == report


def test_outcomes_are_told_later_and_totals_follow() -> None:
    report, _ = read_people(file(HEADER, ANN, BOB, "Cy,cy"), Role.MENTOR)
    after = report.with_outcomes({2: ReportedOutcome.CREATED, 3: ReportedOutcome.UNCHANGED})
    assert after.totals == {ReportedOutcome.CREATED: 1, ReportedOutcome.UNCHANGED: 1, ReportedOutcome.REFUSED: 1}
    assert report.totals == {ReportedOutcome.WOULD_CREATE: 2, ReportedOutcome.REFUSED: 1}


def test_the_default_zone_is_for_those_whose_zone_nothing_tells() -> None:
    content = file("name,email,location,time_zone", f"{ANN},Spain,", f"{BOB},Berlin,", "Cy,cy@example.org,,Asia/Tokyo")
    report, people = read_people(content, Role.MENTOR, default_time_zone="Europe/Madrid")
    assert [person.time_zone for person in people] == ["Europe/Madrid", "Europe/Berlin", "Asia/Tokyo"]
    assert (Kind.GUESSED, "Europe/Madrid") in [(remark.kind, remark.made) for remark in report.rows[0].remarks]


def test_a_default_zone_that_does_not_exist_is_refused_with_the_nearest() -> None:
    with pytest.raises(ImportRefused, match=r"default_time_zone: .*did you mean Europe/Madrid\?"):
        read_people(file(HEADER, ANN), Role.MENTOR, default_time_zone="Europe/Madrit")


@examples(80)
@given(
    st.lists(st.lists(CELLS, min_size=len(COLUMNS), max_size=len(COLUMNS)), min_size=1, max_size=3),
    st.sampled_from(Role),
)
def test_whatever_people_write_each_row_is_taken_or_refused_with_a_reason(rows: list[list[str]], role: Role) -> None:
    report, people = read_people(export(COLUMNS, [["Ann", *row[1:]] for row in rows]), role)
    assert len(report.rows) == len(rows)
    for row in report.rows:
        is_refused = any(remark.kind is Kind.REFUSED for remark in row.remarks)
        assert is_refused == (row.outcome is ReportedOutcome.REFUSED)
        assert all(remark.line == row.line and remark.sentence for remark in row.remarks)
    assert len(people) == report.totals.get(ReportedOutcome.WOULD_CREATE, 0)


@examples(80)
@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda rest: b"name,email,location,years\n" + rest))
def test_whatever_the_bytes_only_a_refusal_is_raised(content: bytes) -> None:
    try:
        report, people = read_people(content, Role.MENTOR)
    except ImportRefused as refused:
        assert refused.status == 422  # noqa: PT017 - most bytes are refused, some are not
    else:
        assert len(people) <= len(report.rows)
