"""People from spreadsheets as the document that JSON would have given."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from services.matching.file.findings import BadInput, Finding
from services.matching.file.person_rows import KNOWN, Table
from shared.sheets.columns import Layout
from shared.sheets.refusal import ColumnsMissing, ColumnsRepeated, SheetRefused
from shared.sheets.table import Row, read_table
from shared.sheets.table import Table as Sheet

WHOLE = {"capacity"}
NUMBERS = {"years", "wished_gap_years"}
FLAGS = {"is_remote", "is_eligible", "has_somebody"}
LISTS = {"skills", "goals", "interests", "roles", "languages", "availability", "managers", "excludes", "prefers"}
NESTED = {"answer": "answers", "group": "groups"}
YES, NO = {"yes", "true", "1", "y"}, {"no", "false", "0", "n"}


LAYOUT = Layout(
    columns=(*sorted(KNOWN - {"answers", "groups"}), "email", "areas", "programming_languages"),
    required=(("id", "email"),),
    also={"seats": "capacity", "mentors": "capacity", "location": "place"},
    prefixes=tuple(NESTED),
)
"""The columns of a table: the fields of a person, and those that an import has instead of them."""

OF_SKILLS = ("areas", "programming_languages")
"""Columns of an import whose entries are skills here."""

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
        people = Table()
        people.notes += _notes(sheet)
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
        people.append(_person(_cells(row), place, wrong))
    if wrong:
        raise BadInput(wrong)
    if short:
        people.notes.append(f"{short:,} rows end before the last column: what they lack counts as not stated")


def _cells(row: Row) -> Mapping[str, str]:
    """The cells by field of a person."""
    cells = {column: cell for column, cell in row.cells.items() if column not in OF_SKILLS}
    cells["id"] = cells.get("id", "").strip() or cells.get("email", "")
    if of_skills := [row.cells[column] for column in OF_SKILLS if row.cells.get(column)]:
        cells["skills"] = "; ".join(one for cell in (cells.get("skills", ""), *of_skills) for one in _split(cell))
    return cells


def _person(row: Mapping[str, str], place: str, wrong: list[Finding]) -> dict[str, Any]:
    person = dict[str, Any]()
    for title, cell in row.items():
        kind, _, label = title.partition(":")
        text = cell.strip()
        if not text or not title:
            continue
        if label and kind in NESTED:
            person.setdefault(NESTED[kind], {})[label] = _answer(text) if kind == "answer" else text
            continue
        try:
            if title in KNOWN:
                person[title] = _value(title, text)
        except ValueError as error:
            wrong.append(Finding(f"{place}, {title}", f"{error}, not {text!r}"))
    return person


def _value(title: str, text: str) -> object:
    if title in WHOLE | NUMBERS:
        return _number(title, text)
    if title in FLAGS:
        return _flag(text)
    if title == "prefers":
        return [[one.strip() for one in tier.split("=")] for tier in _split(text)]
    return _split(text) if title in LISTS else text


def _number(title: str, text: str) -> float:
    try:
        if "_" in text:
            raise ValueError
        value = float(text)
        if title in WHOLE and not value.is_integer():
            raise ValueError
        return int(value) if title in WHOLE else value
    except ValueError as error:
        raise ValueError("must be a whole number" if title in WHOLE else "must be a number") from error


def _flag(text: str) -> bool:
    if text.casefold() not in YES | NO:
        raise ValueError("must be yes or no")
    return text.casefold() in YES


def _split(text: str) -> list[str]:
    separator = next((one for one in ";|" if one in text), ",")
    return [item.strip() for item in text.split(separator) if item.strip()]


def _answer(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return _split(text) if ";" in text else text
