"""The file of a dry run with one column more: corrected, it is imported as any other."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.importing.columns import COLUMNS
from services.intake.importing.remarks_file import with_remarks
from services.intake.importing.report import ImportReport, RowReport, read_people
from shared.contracts.intake import Role
from tests.examples import examples
from tests.services.intake.importing.files import export, file
from tests.shared.sheets.files import table, workbook

HEADER = ["Name", "E-Mail", "Shoe size", "Zeitzone"]
ROWS = [["Jörg Müller", "joerg@example.org", "43", "Europe/Berln"], ["", "nobody@", "=1+1", ""]]


def annotated(content: bytes, encoding: str | None = None, delimiter: str = ",") -> list[list[str]]:
    report, _ = read_people(content, Role.MENTOR, encoding)
    return cells(with_remarks(content, report, encoding, delimiter), delimiter)


def cells(content: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


def without_lines(report: ImportReport) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(row.outcome, [(one.kind, one.sentence) for one in row.remarks]) for row in map(own, report.rows)]


def own(row: RowReport) -> RowReport:
    """A row, but for what it says of the lines and lengths of the file that it was in."""
    kept = [one for one in row.remarks if not re.search("ends early|Duplicate of line", one.sentence)]
    return RowReport(row.line, row.outcome, tuple(kept))


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (table([HEADER, *ROWS], ";"), None),
        (table([HEADER, *ROWS], ";", "cp1252"), "cp1252"),
        (table([["Mentors 2027"], [], HEADER, *ROWS], "\t", "utf-16"), None),
        (workbook([HEADER, *ROWS], as_text=True), None),
    ],
    ids=["CSV", "cp1252", "UTF-16 below a title", "xlsx"],
)
def test_all_columns_are_there_and_the_remarks_behind_them(content: bytes, encoding: str | None) -> None:
    header, joerg, nobody = annotated(content, encoding, ";")
    assert header == [*HEADER, "Import remarks"]
    assert joerg[:-1] == ROWS[0]
    assert joerg[-1].startswith(
        'Left out (time_zone): "Europe/Berln" is no IANA time zone; did you mean Europe/Berlin?'
    )
    assert nobody[:-1] == ["", "nobody@", "'=1+1", ""]
    assert "REFUSED (name): A name is needed." in nobody[-1]


def test_corrected_it_is_imported_and_the_remarks_are_no_column() -> None:
    report, _ = read_people(table([HEADER, *ROWS]), Role.MENTOR)
    corrected = with_remarks(table([HEADER, *ROWS]), report, None, ",").replace(b"Berln", b"Berlin")
    again, people = read_people(corrected, Role.MENTOR)
    assert [(person.name, person.time_zone) for person in people] == [("Jörg Müller", "Europe/Berlin")]
    assert again.ignored_columns == ("Shoe size",)


def test_a_row_with_cells_too_many_loses_none_and_is_refused_again() -> None:
    content = file("name,email,goals", "Ann,ann@example.org,Learn, grow", "Bob,bob@example.org,Teach,")
    report, _ = read_people(content, Role.MENTOR)
    again = with_remarks(content, report, None, ",")
    _, ann, bob = cells(again)
    assert (ann[:3], ann[4:]) == (["Ann", "ann@example.org", "Learn"], ["grow"])
    assert bob[:3] == ["Bob", "bob@example.org", "Teach"]
    assert [row.outcome for row in read_people(again, Role.MENTOR)[0].rows] == [row.outcome for row in report.rows]


def test_a_program_that_cuts_off_empty_remarks_makes_no_row_shorter() -> None:
    content = file("name,email,time_zone,note,Import remarks", "Ann,ann@example.org,UTC")
    report, _ = read_people(content, Role.MENTOR)
    assert report.rows[0].remarks == ()


def test_remarks_of_an_earlier_time_are_replaced_and_a_column_of_ones_own_stays() -> None:
    content = table([["name", "Remarks", "email", "Import remarks"], ["Ann", "=mine", "ann@example.org", "old"]])
    assert annotated(content) == [
        ["name", "Remarks", "email", "Import remarks"],
        [
            "Ann",
            "'=mine",
            "ann@example.org",
            "Left out (time_zone): No time zone is given, and the location does not tell one.",
        ],
    ]


def test_spreadsheets_know_its_encoding() -> None:
    report, _ = read_people(content := file("name,email", "Ann,ann@example.org"), Role.MENTOR)
    assert with_remarks(content, report, None, ",").startswith(b"\xef\xbb\xbfname,email,Import remarks\r\n")


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=15) | st.sampled_from(
    ["ann@example.org", "=1+1", "'=1+1", "''", "2-4 years", "Europe/Berlin", "+49", "@x", "\t", ""]
)
ROWS_OF_CELLS = st.lists(
    st.lists(CELLS, min_size=len(COLUMNS), max_size=len(COLUMNS)).filter(lambda row: any(map(str.strip, row))),
    min_size=1,
    max_size=3,
)


@examples(60)
@given(ROWS_OF_CELLS)
def test_whatever_people_write_it_is_read_again_as_it_was(rows: list[list[str]]) -> None:
    content = export(COLUMNS, rows)
    report, people = read_people(content, Role.MENTEE)
    again, same = read_people(with_remarks(content, report, None, ";"), Role.MENTEE)
    assert same == people
    assert without_lines(again) == without_lines(report)
