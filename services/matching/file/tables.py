"""People from spreadsheets as the document that JSON would have given."""

from collections.abc import Callable, Iterator

from services.matching.file.findings import BadInput, Finding
from services.matching.file.notes import Note
from services.matching.file.person_fields import IN_TABLES, NESTED
from services.matching.file.person_rows import Table
from shared.sheets.columns import Layout
from shared.sheets.refusal import ColumnsMissing, ColumnsRepeated, SheetRefused
from shared.sheets.table import Table as Sheet
from shared.sheets.table import read_table

LAYOUT = Layout(
    columns=(*sorted(IN_TABLES - {"answers", "groups"}), "role"),
    required=(("id", "email"),),
    prefixes=tuple(NESTED),
)
"""The columns of a table: the fields of a person, those that an import has instead of them, and the side."""

COUNTED = 1_000
"""Rows between two words on progress."""

MOST_TITLES = 20
"""Of columns that are not used, which are named."""

Progress = Callable[[str], None]


def rows(content: bytes, name: str, encoding: str | None = None, progress: Progress = lambda _: None) -> Table:
    """Read the people of a CSV or xlsx file with a header; raises `BadInput`.

    Whoever has no id is known by their e-mail address. Lists are separated by `;` or `|`, or by `,` in quotes; in
    `prefers`, `=` joins equals. `answer:NAME` and `group:NAME` are columns of answers to the program's questions, and
    of attributes for the fairness report.
    """
    try:
        sheet = read_table(content, LAYOUT, encoding)
        people = Table(name)
        people.notes += [Note("", words) for words in _notes(sheet)]
        _fill(people, sheet, name, progress)
        return people
    except ColumnsMissing as fault:
        missing = (
            f"has no column {' and '.join(fault.columns)}: give every person one, or an e-mail address, below a title"
        )
        raise BadInput([Finding(f"{name} row {fault.line or 1}", missing)]) from fault
    except ColumnsRepeated as fault:
        repeated = f"repeats the column {', '.join(fault.columns)}: name each once"
        raise BadInput([Finding(f"{name} row {fault.line}", repeated)]) from fault
    except SheetRefused as fault:
        place = f"{name} line {fault.line}" if fault.line else name
        raise BadInput([Finding(place, fault.words)]) from fault


def _notes(sheet: Sheet) -> Iterator[str]:
    """What people should know of a file before they believe its result."""
    yield from (note.rstrip(".") for note in sheet.notes)
    titles = sheet.header.ignored
    yield from (f"{title} is not used" for title in titles[:MOST_TITLES])
    if len(titles) > MOST_TITLES:
        yield f"{len(titles) - MOST_TITLES:,} more columns are not used"


def _fill(people: Table, sheet: Sheet, name: str, progress: Progress) -> None:
    wrong, short = list[Finding](), 0
    for count, row in enumerate(sheet.rows, start=1):
        place = f"{name} row {row.line}"
        if count % COUNTED == 0:
            progress(f"{name}, row {count:,}")
        if row.fault:
            wrong.append(Finding(place, row.fault))
            continue
        short += bool(row.lacking)
        wrong += [Finding(f"{place}, {column}", why) for column, why in row.unread.items()]
        people.prefixes.append(f"{place}, ")
        people.append({column: cell for column, cell in row.cells.items() if cell.strip()})
    if wrong:
        raise BadInput(wrong)
    if short:
        words = f"{short:,} rows end before the last column: what they lack counts as not stated"
        people.notes.append(Note("", words))
