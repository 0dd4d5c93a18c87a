"""Files as people have them, made by the tests."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl

from shared.sheets.columns import Layout

SIMPLE = Layout(
    columns=("name", "email", "location", "time_zone", "seats", "areas", "goals", "first_name", "last_name"),
    required=(("name", "first_name", "last_name"), ("email",)),
)
"""What the tests of files take."""

Cells = Sequence[Sequence[object]]
Change = Callable[[Any], None]  # of a workbook of openpyxl, which comes without types


def workbook(
    rows: Cells, others: Mapping[str, Cells] | None = None, change: Change | None = None, as_text: bool = False
) -> bytes:
    """An xlsx file with a sheet `People` of these rows, and with others behind it; `change` gets the workbook.

    `as_text` writes texts that begin like a formula as what they are.
    """
    book = openpyxl.Workbook()
    book.active.title = "People"
    for title, cells in {"People": rows, **(others or {})}.items():
        sheet = book[title] if title in book.sheetnames else book.create_sheet(title)
        for row in cells:
            sheet.append(list(row))
        for cell in (cell for line in sheet.iter_rows() for cell in line if as_text and cell.data_type == "f"):
            cell.data_type = "s"
    if change:
        change(book)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def table(rows: Sequence[Sequence[str]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """A CSV file of these rows."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def part_of(content: bytes, name: str) -> str:
    """A part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def with_parts(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The workbook with these parts beside its own, or instead of them."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in old.namelist():
            if name not in parts:
                archive.writestr(name, old.read(name))
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()
