"""Rows that are written again are read as they stood, on the lines that they had."""

from hypothesis import given
from hypothesis import strategies as st

from shared.sheets.columns import Layout
from shared.sheets.rows_file import rows_file
from shared.sheets.table import read_table
from tests.examples import examples

LAYOUT = Layout(columns=("name", "email"), required=(("name",), ("email",)))

CELLS = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1).filter(str.strip)


@examples(50)
@given(st.lists(st.tuples(st.integers(1, 3), CELLS, CELLS), min_size=1, max_size=8))
def test_every_row_is_read_as_it_was_written(steps: list[tuple[int, str, str]]) -> None:
    line, rows = 1, list[tuple[int, list[str]]]()
    for step, name, email in steps:
        line += step
        rows.append((line, [f"n{name}", f"e{email}"]))
    table = read_table(rows_file(["name", "email"], rows), LAYOUT)
    assert [(row.line, [row.cells["name"], row.cells["email"]]) for row in table.rows] == rows


def test_a_cell_of_several_lines_moves_what_follows_only_if_there_is_no_room() -> None:
    rows = [(2, ["a\nb", "x"]), (4, ["c", "y"]), (9, ["=1", "z"])]
    assert rows_file(["name", "email"], rows).decode().split("\n") == [
        "name,email",
        '"a',
        'b",x',
        "c,y",
        "",
        "",
        "",
        "",
        "'=1,z",
        "",
    ]
