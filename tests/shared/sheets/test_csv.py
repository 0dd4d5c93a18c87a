"""How a file is written: encodings, delimiters, headers, and files that cannot be read."""

import unicodedata
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.sheets.refusal import MAX_BYTES, MAX_ROWS, SheetRefused
from shared.sheets.table import Row, Table, read_table
from tests.examples import examples
from tests.services.intake.importing.files import ANN, HEADER, export, file
from tests.shared.sheets.files import SIMPLE

JORG = "Jörg;Müller"


def read_sheet(content: bytes, encoding: str | None = None) -> Table:
    return read_table(content, SIMPLE, encoding)


def rows(content: bytes, encoding: str | None = None) -> list[Row]:
    return list(read_sheet(content, encoding).rows)


def refusal(content: bytes, encoding: str | None = None) -> SheetRefused:
    with pytest.raises(SheetRefused) as caught:
        rows(content, encoding)
    return caught.value


@pytest.mark.parametrize(
    ("written_in", "chosen", "found"),
    [
        ("utf-8", None, "utf-8"),
        ("utf-8-sig", None, "utf-8"),
        ("utf-16", None, "utf-16"),
        ("utf-16-le", "utf-16-le", "utf-16-le"),
        ("cp1252", "cp1252", "cp1252"),
        ("iso-8859-1", "ISO-8859-1", "iso-8859-1"),
        ("cp1252", "Windows-1252", "cp1252"),
        ("iso-8859-1", "latin-1", "iso-8859-1"),
        ("utf-8-sig", "cp1252", "utf-8"),
    ],
)
def test_umlauts_arrive_in_every_encoding_that_is_marked_or_chosen(
    written_in: str, chosen: str | None, found: str
) -> None:
    sheet = read_sheet(file(HEADER, f'"{JORG}",joerg@example.org', encoding=written_in), chosen)
    assert sheet.encoding == found
    assert next(sheet.rows).cells == {"name": JORG, "email": "joerg@example.org"}


def test_a_big_endian_file_is_read_by_its_mark() -> None:
    assert len(rows(b"\xfe\xff" + file(HEADER, ANN, encoding="utf-16-be"))) == 1


def test_latin_1_is_never_guessed_but_named_with_its_line_and_the_remedy() -> None:
    refused = refusal(file(HEADER, ANN, "Jörg,joerg@example.org", encoding="iso-8859-1"))
    assert refused.line == 3
    assert refused.detail == (
        "Line 3: the byte 0xF6 is not utf-8. Save the file as UTF-8, "
        "or choose its encoding, such as cp1252 for a file from Excel on Windows."
    )


def test_the_line_of_a_bad_byte_is_right_far_into_a_file_with_lines_of_all_kinds() -> None:
    content = file(HEADER) + b"".join(b"P%d,p%d@example.org\r\n" % (n, n) for n in range(5_000)) + b"J\xf6rg,j@x.org\r"
    assert refusal(content).line == 5_002


def test_half_a_character_at_the_end_is_refused() -> None:
    assert refusal(file(HEADER, ANN, encoding="utf-16")[:-1]).line == 2


@pytest.mark.parametrize("encoding", ["rot13", "utf-16", "idna", "zip", "cp9999", "", "a\0b"])
def test_an_encoding_that_is_not_offered_is_refused_with_the_choice(encoding: str) -> None:
    assert "Choose one of utf-8, utf-16-le, cp1250" in str(refusal(file(HEADER, ANN), encoding))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_by_its_zeros(encoding: str) -> None:
    sheet = read_sheet(file(HEADER, "Jörg,joerg@example.org", encoding=encoding))
    assert sheet.encoding == encoding
    assert next(sheet.rows).cells == {"name": "Jörg", "email": "joerg@example.org"}


def test_zeros_between_the_letters_are_utf_16_whatever_was_chosen() -> None:
    assert read_sheet(file(HEADER, ANN, encoding="utf-16-le"), "cp1252").encoding == "utf-16-le"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_the_one_that_gives_the_known_header(delimiter: str) -> None:
    sheet = read_sheet(file(f"name{delimiter}email", f'"A;B,C\tD|E"{delimiter}ann@example.org'))
    assert sheet.delimiter == delimiter
    assert next(sheet.rows).cells["name"] == "A;B,C\tD|E"


def test_a_blank_before_a_quote_is_not_part_of_the_cell() -> None:
    (row,) = rows(file("name, email", '"Miller, Ann", "ann@example.org"'))
    assert row.cells == {"name": "Miller, Ann", "email": "ann@example.org"}


def test_a_delimiter_inside_a_title_does_not_mislead() -> None:
    assert read_sheet(file("name;email;a,b,c,d,e", f"{ANN.replace(',', ';')};x")).delimiter == ";"


@pytest.mark.parametrize(
    "header",
    ["Name,E-Mail", " name , EMAIL ", '"name","email"', '"Full name", "Email address"', "\nname,email"],
)
def test_titles_are_known_under_common_spellings(header: str) -> None:
    assert read_sheet(file(header, ANN)).columns == ("name", "email")


def test_unknown_columns_are_ignored_and_reported() -> None:
    sheet = read_sheet(file("name,Shoe size,email,", "Ann,39,ann@example.org,"))
    assert sheet.header.ignored == ("Shoe size",)
    assert next(sheet.rows).cells == {"name": "Ann", "email": "ann@example.org"}


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_row_is_named_by_the_line_on_which_it_begins(line_end: str) -> None:
    lines = [HEADER, ANN, "", '"Bob', 'of Bonn",bob@example.org', " , ", "Cy,cy@example.org"]
    assert [row.line for row in rows(line_end.join(lines).encode())] == [2, 4, 7]


@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\xef\xbb\xbf", b"\xff\xfe", b" , , \n"])
def test_an_empty_file_is_refused_with_the_columns_to_write(content: bytes) -> None:
    assert "The file is empty. The first line names the columns: name, email, location" in str(refusal(content))


@pytest.mark.parametrize(
    ("header", "missing"),
    [("name,location", "email"), ("email;years", "name"), ("mail", "name"), ("nom,courriel", "name and email")],
)
def test_missing_columns_are_named(header: str, missing: str) -> None:
    assert f"The header lacks the column {missing}." in str(refusal(file(header, "x,y")))


@pytest.mark.parametrize("header", ["name,email,Email", "name,e-mail,email", "name,email,goals,goals_supported"])
def test_repeated_columns_are_refused(header: str) -> None:
    assert "more than once" in str(refusal(file(header, f"{ANN},x,y")))


def test_an_open_quote_is_named_by_its_line_and_swallows_nothing_silently() -> None:
    assert refusal(file(HEADER, ANN, '"Bob,bob@example.org', "Cy,cy@example.org")).line == 3


def test_text_after_a_closing_quote_is_named_by_its_line() -> None:
    assert refusal(file(HEADER, ANN, '"Bob" B,bob@example.org', "Cy,cy@example.org")).line == 3


def test_an_open_quote_in_the_header_is_named() -> None:
    assert refusal(file('"name,email', ANN)).line == 1


def test_a_cell_beyond_all_measure_is_named_by_its_line() -> None:
    assert refusal(file(HEADER, f"{'x' * 200_000},x@example.org")).line == 2


def test_a_row_that_ends_early_lacks_what_is_not_there_and_has_no_fault() -> None:
    found = rows(file("name,email,seats,areas,", "Ann,ann@example.org,2", "Bob,bob@example.org,,,", "Cy"))
    assert [row.lacking for row in found] == [["areas"], [], ["email", "seats", "areas"]]
    assert [row.fault for row in found] == [None, None, None]
    assert found[0].cells == {"name": "Ann", "email": "ann@example.org", "seats": "2", "areas": ""}


def test_a_row_with_more_cells_than_titles_has_a_fault_unless_they_are_blank() -> None:
    found = rows(file(HEADER, "Bob,bob@example.org,7", "Cy,cy@example.org,, ", "Di,di@example.org"))
    assert [row.fault for row in found] == [
        "has 3 cells for 2 columns: put a cell with a comma in it into quotes",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("first", "delimiter"),
    [
        ("sep=;", ";"),
        ("SEP=;", ";"),
        ('"sep=;"', ";"),
        ("sep=;;;;", ";"),
        ("sep=,", ","),
        ("sep=\t", "\t"),
        ("sep=^", "^"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_first_line_may_name_the_delimiter(first: str, delimiter: str, encoding: str, line_end: str) -> None:
    lines = [first, f"name{delimiter}email", f"Jörg{delimiter}joerg@example.org"]
    sheet = read_sheet("".join(f"{line}{line_end}" for line in lines).encode(encoding))
    (row,) = sheet.rows
    assert (sheet.delimiter, row.line, row.cells) == (delimiter, 3, {"name": "Jörg", "email": "joerg@example.org"})
    assert sheet.notes == ()


def test_a_first_line_that_names_a_delimiter_that_nobody_uses_does_not_mislead() -> None:
    assert read_sheet(file("sep=,;;", "name;email", "Ann;ann@example.org")).delimiter == ";"


def test_more_cells_than_a_spreadsheet_has_columns_are_refused_at_once() -> None:
    assert refusal(b"," * 5_000_000).detail.startswith("Line 1: the row has 5,000,001 cells")
    assert refusal(file(HEADER, ANN, f"Bob,bob@example.org{',' * 20_000}")).line == 3


def test_as_many_columns_as_a_spreadsheet_has_are_read() -> None:
    wide = ",".join(f"column {number}" for number in range(16_000))
    (row,) = rows(file(f"{HEADER},{wide}", f"{ANN},{wide}"))
    assert row.cells == {"name": "Ann", "email": "ann@example.org"}


def test_a_program_or_a_picture_is_no_text() -> None:
    assert "The file is no text, and no workbook" in str(refusal(b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 8))


def test_a_control_character_in_a_cell_costs_nothing() -> None:
    (row,) = rows(file(HEADER, "An\x00n\x1f,ann@example.org"))
    assert row.cells["name"] == "An\x00n\x1f"


def test_what_is_typed_decomposed_is_composed() -> None:
    (row,) = rows(file("Name,Email,Standort", "Jo\u0308rg,joerg@example.org,Zu\u0308rich"))
    assert row.cells == {"name": "Jörg", "email": "joerg@example.org", "location": "Zürich"}


def test_a_file_over_the_limit_is_refused_before_it_is_read() -> None:
    assert "At most 50 MB: split it." in str(refusal(b"\xff" * (MAX_BYTES + 1)))


def test_a_hundred_thousand_rows_are_read_one_by_one_and_no_more() -> None:
    found = read_sheet(file(HEADER) + file(ANN) * (MAX_ROWS + 1)).rows
    assert sum(1 for _ in islice(found, MAX_ROWS)) == MAX_ROWS == 100_000
    with pytest.raises(SheetRefused, match="Line 100002: The file has more than 100,000 rows"):
        next(found)


@examples(150)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2).filter(
        lambda r: any(map(str.strip, r))
    )
)
def test_whatever_is_exported_is_read_again_as_it_was(row: list[str]) -> None:
    (found,) = rows(export(("name", "email"), [row]))
    assert [found.cells["name"], found.cells["email"]] == [unicodedata.normalize("NFC", cell) for cell in row]


@examples(150)
@given(
    st.binary() | st.binary().map(lambda rest: b"name,email\n" + rest), st.sampled_from([None, "utf-16-le", "cp1252"])
)
def test_whatever_the_bytes_only_a_refusal_is_raised(content: bytes, encoding: str | None) -> None:
    try:
        lines = [row.line for row in read_sheet(content, encoding).rows]
    except SheetRefused as refused:
        assert refused.detail  # noqa: PT017 - most bytes are refused, some are not
    else:
        assert all(line > 1 for line in lines)
