"""Workbooks as people have them, and those that nobody should open."""

import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import Any

import pytest

from shared.sheets.refusal import SheetRefused
from shared.sheets.table import Row, read_table
from shared.sheets.xlsx_archive import MAX_UNPACKED
from tests.shared.sheets.files import SIMPLE, part_of, with_parts, workbook

HEADER = ["name", "email", "seats", "areas", "goals"]
BOOK, SHEET = "xl/workbook.xml", "xl/worksheets/sheet1.xml"
ANN = ["Ann", "ann@example.org", 2, "QA; Security", "Learn"]


def read(*rows: Sequence[object]) -> list[Row]:
    return list(read_table(workbook(rows), SIMPLE).rows)


def refusal(content: bytes) -> str:
    with pytest.raises(SheetRefused) as refused:
        list(read_table(content, SIMPLE).rows)
    return refused.value.detail


def goals(value: object) -> str:
    """What a cell with this value says."""
    (row,) = read(HEADER, ["Ann", "ann@example.org", None, None, value])
    return row.cells["goals"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2, "2"),
        (2.0, "2"),
        (2.5, "2.5"),
        (0.1 + 0.2, "0.3"),
        (1e20, "100000000000000000000"),
        (-3, "-3"),
        (True, "yes"),
        (False, "no"),
        (date(2027, 3, 1), "2027-03-01"),
        (datetime(2027, 3, 1, 18, 30), "2027-03-01 18:30"),  # noqa: DTZ001 - a cell has no zone
        (clock(18, 30), "18:30"),
        (clock(18, 30, 5), "18:30:05"),
        (timedelta(hours=26, minutes=5), "26:05"),
        ("=not a formula", "=not a formula"),
        ("Zu\u0308rich", "Zürich"),
        ("two\nlines", "two\nlines"),
        ("'=1+1", "=1+1"),
        ("2.0", "2.0"),
        ("#N/A", "#N/A"),
    ],
)
def test_a_cell_says_what_a_person_sees_in_it(value: object, text: str) -> None:
    content = workbook([HEADER, ["Ann", "ann@example.org", None, None, None]], change=lambda book: put(book, value))
    (row,) = read_table(content, SIMPLE).rows
    assert row.cells["goals"] == text


def put(book: Any, value: object) -> None:
    cell = book.active["E2"]
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


def test_rows_are_numbered_as_in_the_spreadsheet_and_blank_ones_left_out() -> None:
    rows = read([], [None, None], HEADER, [], ANN, [" ", None], ["Bob", "bob@example.org"])
    assert [(row.line, row.cells["name"]) for row in rows] == [(5, "Ann"), (7, "Bob")]
    assert [row.lacking for row in rows] == [(), ()]
    assert rows[1].cells["goals"] == ""


def test_what_stands_under_no_title_is_not_read_and_no_fault() -> None:
    (row,) = read(["name", "email", None], ["Ann", "ann@example.org", "a note", "another"])
    assert (row.cells, row.fault) == ({"name": "Ann", "email": "ann@example.org"}, None)


def test_of_several_sheets_the_one_with_people_is_read_and_that_is_said() -> None:
    lists: list[Sequence[object]] = [["areas"], ["QA"]]
    content = workbook([["Please fill in the next sheet"]], {"Mentors": [HEADER, ANN], "Lists": lists})
    found = read_table(content, SIMPLE)
    assert (found.sheet, [row.cells["name"] for row in found.rows]) == ("Mentors", ["Ann"])
    assert found.notes == ("The sheet 'Mentors' is read, and not 'People', 'Lists'.",)


def test_a_sheet_that_nobody_sees_is_not_read() -> None:
    def hide(book: Any) -> None:
        book["Old"].sheet_state = "hidden"

    found = read_table(workbook([HEADER[:2], ANN[:2]], {"Old": [HEADER, ANN]}, hide), SIMPLE)
    assert (found.sheet, found.notes) == ("People", ())


def test_a_formula_whose_value_the_file_lacks_is_not_taken_for_an_empty_cell() -> None:
    rows = read(HEADER, ["Ann", "ann@example.org", "=1+1", "QA", None], ["=A2", "bob@example.org"])
    assert [(row.cells["seats"], [*row.unread]) for row in rows] == [("", ["seats"]), ("", ["name"])]
    assert "Open the file in a spreadsheet and save it again." in rows[0].unread["seats"]


def test_a_formula_that_gives_an_empty_text_is_an_empty_cell() -> None:
    sheet = part_of(content := workbook([HEADER, ANN]), SHEET)
    formula = sheet.replace('<c r="C2" t="n"><v>2</v></c>', '<c r="C2" t="str"><f>IF(1,"","")</f><v></v></c>')
    assert formula != sheet
    (row,) = read_table(with_parts(content, {SHEET: formula.encode()}), SIMPLE).rows
    assert (row.cells["seats"], row.unread) == ("", {})


def test_a_formula_that_was_computed_says_its_value() -> None:
    sheet = part_of(content := workbook([HEADER, ANN]), SHEET)
    formula = sheet.replace('<c r="C2" t="n"><v>2</v></c>', '<c r="C2"><f>1+2</f><v>3</v></c>')
    (row,) = read_table(with_parts(content, {SHEET: formula.encode()}), SIMPLE).rows
    assert (row.cells["seats"], row.unread) == ("3", {})


def test_macros_are_left_alone_and_that_is_said() -> None:
    found = read_table(with_parts(workbook([HEADER, ANN]), {"xl/vbaProject.bin": b"\0" * 100}), SIMPLE)
    assert found.notes == ("The programs (macros) in the workbook are left alone.",)
    assert len(list(found.rows)) == 1


def sheet_with(rows: str, dimension: str = "A1") -> bytes:
    """A workbook whose sheet is this XML."""
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    people = "".join(
        f'<c r="{column}1" t="inlineStr"><is><t>{title}</t></is></c>'
        for column, title in zip("AB", HEADER, strict=False)
    )
    xml = f'{head}<dimension ref="{dimension}"/><sheetData><row r="1">{people}</row>{rows}</sheetData></worksheet>'
    return with_parts(workbook([HEADER, ANN]), {SHEET: xml.encode()})


def quickly(content: bytes) -> str:
    began = time.process_time()
    try:
        rows = list(read_table(content, SIMPLE).rows)
        said = f"{len(rows)} rows"
    except SheetRefused as refused:
        said = refused.detail
    assert time.process_time() - began < 20
    return said


def test_a_file_that_claims_a_size_that_it_does_not_have_is_read_by_its_cells() -> None:
    row = '<row r="2"><c r="A2"><v>1</v></c></row>'
    assert quickly(sheet_with(row, dimension="A1:XFD1048576")) == "1 rows"


def test_a_row_far_below_and_a_cell_far_to_the_right_cost_nothing() -> None:
    row = '<row r="1048576"><c r="A1048576"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>'
    assert quickly(sheet_with(row)) == "1 rows"
    assert quickly(sheet_with('<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>')) == "0 rows"


def test_a_few_bytes_that_unpack_to_a_disk_are_refused() -> None:
    bomb = b" " * (MAX_UNPACKED + 1)
    for name in (SHEET, "docProps/thumbnail.png"):
        content = with_parts(workbook([HEADER, ANN]), {name: bomb})
        assert len(content) < 1024 * 1024
        assert "unpacks to more than a spreadsheet of people can have" in quickly(content)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("xl/styles.xml", b"<styleSheet>" + b"<xf/>" * 2_000_000 + b"</styleSheet>"),
        (SHEET, b"<sheetData><row>" + b"<c/>" * 4_000_000 + b"</row></sheetData>"),
    ],
    ids=["styles", "one row"],
)
def test_a_few_bytes_that_make_millions_of_objects_are_refused(name: str, part: bytes) -> None:
    assert "unpacks to more than" in quickly(with_parts(workbook([HEADER, ANN]), {name: part}))


def test_a_thousand_parts_too_many_are_refused() -> None:
    many = {f"xl/media/{number}": b"" for number in range(3_000)}
    assert "parts" in quickly(with_parts(workbook([HEADER, ANN]), many))


def test_entities_that_multiply_are_refused() -> None:
    doc = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    text = f"{doc}]><worksheet><sheetData><row><c><v>&j;</v></c></row></sheetData></worksheet>"
    said = quickly(with_parts(workbook([HEADER, ANN]), {SHEET: text.encode()}))
    assert "cannot be read" in said or "empty" in said


def test_a_workbook_of_the_strict_kind_is_told_from_an_empty_one() -> None:
    content = workbook([HEADER, ANN])
    usual, strict = "schemas.openxmlformats.org/spreadsheetml/2006", "purl.oclc.org/ooxml/spreadsheetml"
    said = refusal(with_parts(content, {BOOK: part_of(content, BOOK).replace(usual, strict).encode()}))
    assert "save it as an ordinary .xlsx" in said


def test_more_rows_than_an_import_takes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.sheets.table.MAX_ROWS", 2)
    assert refusal(workbook([HEADER, ANN, ANN, ANN])) == "Line 4: The file has more than 2 rows. Split it."


def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.sheets.refusal.SECONDS", -1.0)
    monkeypatch.setattr("shared.sheets.xlsx_file.CHECKED", 1)
    assert "takes too long" in refusal(workbook([HEADER, ANN]))


@pytest.mark.parametrize("broken", [0.3, 0.6, 0.95])
def test_half_a_file_is_refused(broken: float) -> None:
    content = workbook([HEADER, ANN])
    assert "damaged" in refusal(content[: int(len(content) * broken)])


def test_a_workbook_with_nonsense_inside_is_refused() -> None:
    for part in (b"", b"nonsense", b"<worksheet/>", b"\xff\xfe"):
        for name in (BOOK, SHEET, "[Content_Types].xml"):
            said = refusal(with_parts(workbook([HEADER, ANN]), {name: part}))
            assert "read" in said or "empty" in said
