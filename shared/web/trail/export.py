"""A trail as a file: JSON lines, which can be verified, and CSV, which no spreadsheet computes."""

import csv
import io
from collections.abc import AsyncIterator

from shared.clock import rfc3339
from shared.trail.line import Line
from shared.vocabulary.cells import export_cell

JSON_LINES, CSV = "application/x-ndjson", "text/csv"

MARK = "\N{BYTE ORDER MARK}"
"""By which spreadsheets know UTF-8."""

AT_ONCE = 100
"""Lines that are sent together."""

COLUMNS = (
    *("number", "at", "actor", "role", "operation", "about", "people", "count", "network", "status"),
    *("id", "service", "tenant", "hash"),
)


async def as_json(lines: AsyncIterator[Line]) -> AsyncIterator[str]:
    """Write each line as it was hashed, with its hash."""
    part = list[str]()
    async for line in lines:
        part.append(f"{line.model_dump_json()}\n")
        if len(part) == AT_ONCE:
            yield "".join(part)
            part.clear()
    yield "".join(part)


async def as_csv(lines: AsyncIterator[Line]) -> AsyncIterator[str]:
    """Write a table: what begins like a formula is marked as text."""
    text = io.StringIO()
    text.write(MARK)
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    async for line in lines:
        if text.tell() > AT_ONCE * AT_ONCE:
            yield _collected(text)
        writer.writerow(map(export_cell, _cells(line)))
    yield _collected(text)


def _collected(text: io.StringIO) -> str:
    written = text.getvalue()
    text.seek(0)
    text.truncate()
    return written


def _cells(line: Line) -> list[str]:
    said = vars(line) | {
        "at": rfc3339(line.at),
        "about": "; ".join(f"{name}={value}" for name, value in line.about.items()),
        "people": " ".join(line.people),
    }
    return [str(said[column]) for column in COLUMNS]
