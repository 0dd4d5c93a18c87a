"""People from CSV files as the document that JSON would have given."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from services.matching.file.findings import BadInput, Finding
from services.matching.file.person_rows import KNOWN, Table

DELIMITERS = ",;\t|"
WHOLE = {"capacity"}
NUMBERS = {"years", "wished_gap_years"}
FLAGS = {"is_remote", "is_eligible", "has_somebody"}
LISTS = {"skills", "goals", "interests", "roles", "languages", "availability", "managers", "excludes", "prefers"}
NESTED = {"answer": "answers", "group": "groups"}
YES, NO = {"yes", "true", "1", "y"}, {"no", "false", "0", "n"}


def rows(content: bytes, name: str) -> Table:
    """Read the people of a CSV file with a header; raises `BadInput`.

    Lists are separated by `;` or `|`, or by `,` in quotes; in `prefers`, `=` joins equals. `answer:NAME` and
    `group:NAME` are columns of answers to the program's questions, and of attributes for the fairness report.
    """
    lines = _lines(_text(content, name), name)
    header = [title.strip().casefold().replace(" ", "_") for title in lines[0]]
    if repeated := sorted({title for title in header if title and header.count(title) > 1}):
        raise BadInput([Finding(f"{name} row 1", f"repeats the column {', '.join(repeated)}: name each once")])
    wrong, people = list[Finding](), Table()
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header):
            wrong.append(
                Finding(f"{name} row {number}", f"has {len(cells)} cells for {len(header)} columns: quote commas")
            )
            continue
        people.prefixes.append(f"{name} row {number}, ")
        people.append(_person(dict(zip(header, cells, strict=False)), f"{name} row {number}", wrong))
    if wrong:
        raise BadInput(wrong)
    return people


def _lines(text: str, name: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text, name), strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        place = f"{name} line {reader.line_num}"
        raise BadInput([Finding(place, f"is not CSV: {error}; mend the cell there")]) from error


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise BadInput([Finding(name, "is not in UTF-8: save it as CSV in UTF-8")]) from error


def _delimiter(text: str, name: str) -> str:
    """Find the delimiter by which the header has an id."""
    first = text.partition("\n")[0]
    for delimiter in DELIMITERS:
        if "id" in {title.strip().strip('"').casefold() for title in first.split(delimiter)}:
            return delimiter
    raise BadInput([Finding(f"{name} row 1", "has no column id: give every person one, and the columns a header")])


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
            person[title] = _value(title, text) if title in KNOWN else text
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
        return int(text) if title in WHOLE else float(text)
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
