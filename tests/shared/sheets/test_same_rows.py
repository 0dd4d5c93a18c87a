"""The same table says the same, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.sheets.table import Table, read_table
from shared.vocabulary.cells import export_cell
from tests.examples import examples
from tests.shared.sheets.files import SIMPLE, table, workbook

HEADER = ["Name", "E-Mail", "Standort", "Plätze", "Notiz", "Ziele"]
CELLS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\n;,|\t\"'=+-@"), max_size=12
).map(str.strip) | st.sampled_from(["2", "2.0", "ann@example.org", "", "N/A", "Zu\u0308rich", "a;b, c", "=1+1", "'=1"])
ROWS = st.lists(st.lists(CELLS, min_size=len(HEADER), max_size=len(HEADER)).filter(any), min_size=1, max_size=5)

Said = list[tuple[dict[str, str], str | None]]


def said(found: Table) -> Said:
    return [(dict(row.cells), row.fault) for row in found.rows]


def every_way(rows: list[list[str]]) -> dict[str, bytes]:
    """The table in each way in which spreadsheet programs write one."""
    whole = [HEADER, *([export_cell(cell) for cell in row] for row in rows)]
    quoted = {f"CSV {mark!r}": table(whole, mark) for mark in ";,\t|"}
    encoded = {name: table(whole, ";", encoding=name) for name in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")}
    return {
        **quoted,
        **encoded,
        "sep=": "sep=;\r\n".encode("utf-16") + table(whole, ";", encoding="utf-16-le"),
        "below a title": table([["People of 2027"], [], *whole], ";"),
        "empty columns": table([[*row, "", ""] for row in whole], ";"),
        "xlsx": workbook(whole, as_text=True),
        "xlsx below a title": workbook([["People of 2027"], [], *whole], as_text=True),
        "xlsx, second sheet": workbook([["Read me"]], {"People of 2027": whole}, as_text=True),
    }


@examples(25)
@given(ROWS)
def test_the_same_table_gives_the_same_rows_in_every_kind_of_file(rows: list[list[str]]) -> None:
    ways = every_way(rows)
    expected = said(read_table(ways.pop("CSV ';'"), SIMPLE))
    assert len(expected) == len(rows)
    for way, content in ways.items():
        assert said(read_table(content, SIMPLE)) == expected, way


@pytest.mark.parametrize("encoding", ["cp1252", "iso-8859-1"])
def test_what_a_chosen_encoding_can_write_says_the_same(encoding: str) -> None:
    rows = [HEADER, ["Jörg Müller", "joerg@example.org", "Zürich", "2", "", "Führung übernehmen"]]
    chosen = read_table(table(rows, ";", encoding=encoding), SIMPLE, encoding)
    assert said(chosen) == said(read_table(workbook(rows), SIMPLE))
