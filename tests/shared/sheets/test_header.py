"""Where a header stands, and what its titles mean."""

import pytest

from shared.sheets.columns import USUAL_NAMES, Layout
from shared.sheets.refusal import SheetRefused
from shared.sheets.table import Table, read_table
from tests.shared.sheets.files import SIMPLE, table, workbook

ANN = ["Ann", "ann@example.org", "2"]


def read(*rows: list[str]) -> Table:
    return read_table(table(rows), SIMPLE)


def first(found: Table) -> dict[str, str]:
    return {column: cell for column, cell in next(found.rows).cells.items() if cell}


@pytest.mark.parametrize(
    ("titles", "columns"),
    [
        (["Name", "E-Mail-Adresse", "Kapazität"], ("name", "email", "seats")),
        (["NAME", "E\u2011Mail", "Plaetze"], ("name", "email", "seats")),
        (["Full name", "e-mail (work) *", "Number of mentees"], ("name", "email", "seats")),
        (["Nome e cognome", "Indirizzo e-mail", "Capacita\u0300"], ("name", "email", "seats")),
        (["Vor- und Nachname", "Dienstliche E-Mail", "Anzahl Mentees:"], ("name", "email", "seats")),
        (["\ufeffName", "\u200bEmail\u200b", "\u00a0Seats\u00a0"], ("name", "email", "seats")),
        (["na\u00adme", "e mail", "seats\n(places)"], ("name", "email", "seats")),
        (["\uff4e\uff41\uff4d\uff45", "\uff25mail", "\uff33eats"], ("name", "email", "seats")),
    ],
)
def test_titles_are_known_as_people_write_them(titles: list[str], columns: tuple[str, ...]) -> None:
    found = read(titles, ANN)
    assert found.columns == columns
    assert found.header.ignored == ()
    assert first(found) == {"name": "Ann", "email": "ann@example.org", "seats": "2"}


def test_every_usual_name_means_one_column_only() -> None:
    for name, usual in USUAL_NAMES.items():
        layout = Layout(columns=tuple(USUAL_NAMES), required=())
        assert {layout.column(title) for title in (name, name.upper(), *usual)} == {name}


@pytest.mark.parametrize(
    "above", [[[]], [["Mentors 2027"]], [["Mentors", "", "as of", "May"], [], ["", "confidential"]]]
)
def test_a_header_is_found_below_what_stands_above_it(above: list[list[str]]) -> None:
    found = read(*above, ["name", "email", "seats"], ANN)
    row = next(found.rows)
    assert (row.line, row.cells["name"]) == (len(above) + 2, "Ann")
    is_told = any(any(cells) for cells in above)
    note = f"The header is in line {len(above) + 1}; what stands above it is not read."
    assert found.notes == ((note,) if is_told else ())


def test_a_row_that_names_people_like_columns_is_no_header() -> None:
    found = read(["name", "email", "goals"], ["Goals", "goals@example.org", "name"])
    assert first(found) == {"name": "Goals", "email": "goals@example.org", "goals": "name"}


def test_merged_cells_make_a_header_of_two_rows() -> None:
    def merge(book: object) -> None:
        sheet = book.active  # type: ignore[attr-defined]  # a workbook of openpyxl, which has no types
        for cells in ("A1:A2", "B1:C1", "D1:E1"):
            sheet.merge_cells(cells)

    above, below = ["Name", "Contact", None, "Mentoring", None], [None, "E-Mail", "Ort", "Plätze", "Ziele"]
    people = ["Ann", "ann@example.org", "Rom", 2, "Learn"]
    found = read_table(workbook([above, below, people], change=merge), SIMPLE)
    assert first(found) == dict(zip(["name", "email", "location", "seats", "goals"], map(str, people), strict=True))
    assert (
        next(read_table(table([[cell or "" for cell in row] for row in (above, below)] + [ANN]), SIMPLE).rows).line == 3
    )


def test_titles_that_mean_nothing_are_ignored_however_many_there_are() -> None:
    wide = [f"column {number}" for number in range(2_000)]
    found = read(["name", *wide, "email"], ["Ann", *wide, "ann@example.org"])
    assert found.header.ignored == tuple(wide)
    assert first(found) == {"name": "Ann", "email": "ann@example.org"}


def test_the_same_title_twice_is_refused_only_if_it_is_read() -> None:
    assert read(["name", "email", "note", "note"], ["Ann", "ann@example.org", "a", "b"]).header.ignored == (
        "note",
        "note",
    )
    with pytest.raises(SheetRefused, match=r"column email \('Email', 'E-mail'\) more than once"):
        read(["name", "Email", "E-mail"], ANN)


def test_beside_a_column_s_own_name_a_usual_one_is_another_column() -> None:
    found = read(["name", "email", "location", "city"], ["Ann", "ann@example.org", "Rome office", "Rome"])
    assert first(found)["location"] == "Rome office"
    assert found.header.ignored == ("city",)
    with pytest.raises(SheetRefused, match=r"column location \('Ort', 'Stadt'\) more than once"):
        read(["name", "email", "Ort", "Stadt"], ["Ann", "ann@example.org", "a", "b"])


def test_the_remarks_of_a_report_are_no_column() -> None:
    found = read(["name", "email", "Import remarks"], ["Ann", "ann@example.org", "refused: so and so"])
    assert (found.columns, found.header.ignored) == (("name", "email"), ())


def test_labels_behind_a_known_prefix_make_columns() -> None:
    layout = Layout(columns=("id",), required=(("id",),), prefixes=("answer",))
    found = read_table(table([["id", "Answer: How often", "group:x"], ["a", "daily", "y"]]), layout)
    assert found.columns == ("id", "answer:how_often")
    assert found.header.ignored == ("group:x",)


@pytest.mark.parametrize(
    "content",
    [b'"name,email"\r\n"Ann,ann@example.org"\r\n', workbook([["name;email"], ["Ann;ann@example.org"]])],
    ids=["CSV", "xlsx"],
)
def test_whole_lines_in_one_cell_are_told_as_what_they_are(content: bytes) -> None:
    with pytest.raises(SheetRefused, match=r"All stands in one cell, 'name.email': split it into columns"):
        read_table(content, SIMPLE)
