"""Where the header of a table stands, and which column each of its titles means."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, zip_longest

from shared.sheets.columns import REMARKS, Layout
from shared.sheets.record import Record
from shared.sheets.refusal import MAX_COLUMNS, ColumnsMissing, ColumnsRepeated, SheetRefused
from shared.text import one_line
from shared.vocabulary.spelling import spelling

LOOKED_AT = 30
"""Rows from the top, blank ones aside, among which the header is looked for: titles and remarks stand above it."""

SHOWN = 20
"""Titles that a sentence names."""


@dataclass(frozen=True)
class Header:
    """The titles as they stand, and by position the column that each means; None for one that is not read.

    `line` is the last one that it takes: merged cells make a header of two rows. `above` are the rows before it, blank
    ones aside.
    """

    line: int
    above: int
    titles: tuple[str, ...]
    columns: tuple[str | None, ...]

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Where each column stands."""
        return {column: position for position, column in enumerate(self.columns) if column}

    @property
    def width(self) -> int:
        """How many cells a whole row has: as many as lead to the last title."""
        return max((position for position, title in enumerate(self.titles, start=1) if title), default=0)

    @property
    def ignored(self) -> tuple[str, ...]:
        """The titles that are not read."""
        positions = zip(self.titles, self.columns, strict=True)
        return tuple(title for title, column in positions if title and not column and not is_remarks(title))

    def behind(self, count: int) -> list[str]:
        """List the titles that are read, behind so many cells."""
        positions = zip(self.titles[count:], self.columns[count:], strict=True)
        return [title for title, column in positions if column]

    def lacking(self, layout: Layout) -> list[str]:
        """What the layout requires and is not there."""
        return [some[0] for some in layout.required if not self.positions.keys() & set(some)]


def is_remarks(title: str) -> bool:
    """Whether this is the column that a report has added."""
    return spelling(title) == spelling(REMARKS)


def find_header(records: Sequence[Record], layout: Layout) -> Header | None:
    """Find the row, or the two rows of merged cells, whose titles mean the most columns; None without any row."""
    best: Header | None = None
    for header in _candidates(records, layout):
        if best is None or _rank(header, layout) > _rank(best, layout):
            best = header
    return best


def check_header(header: Header, layout: Layout) -> None:
    """Raise `SheetRefused` if a required column is missing, or two titles mean the same one."""
    if len(header.titles) > MAX_COLUMNS:
        raise SheetRefused(f"The header has {len(header.titles):,} columns. At most {MAX_COLUMNS:,}.")
    if missing := header.lacking(layout):
        raise ColumnsMissing(f"The header lacks the column {' and '.join(missing)}. {_found(header)}", missing)
    if repeated := sorted(_repeated(header)):
        named = "; ".join(f"{column} ({', '.join(map(repr, titles))})" for column, titles in repeated)
        detail = f"The header has the column {named} more than once. Keep one of each."
        raise ColumnsRepeated(detail, header.line, [column for column, _ in repeated])


def _found(header: Header) -> str:
    titles = [title for title in header.titles if title]
    shown = ", ".join(repr(title[:40]) for title in titles[:SHOWN])
    if len(titles) == 1 and len(re.split("[,;\t|]", titles[0])) > 1:
        return f"All stands in one cell, {shown}: split it into columns (in Excel, Data, Text to Columns)."
    return f"It has {shown or 'no title'}."


def _candidates(records: Sequence[Record], layout: Layout) -> Iterator[Header]:
    single = [_header(above, record.line, record.cells, layout) for above, record in enumerate(records)]
    yield from single
    for (upper, lower), headers in zip(pairwise(records), pairwise(single), strict=True):
        merged = [
            below if below.strip() else over for over, below in zip_longest(upper.cells, lower.cells, fillvalue="")
        ]
        both = _header(headers[0].above, lower.line, merged, layout)
        if len(both.positions) > max(len(one.positions) for one in headers):
            yield both


def _rank(header: Header, layout: Layout) -> tuple[int, int]:
    return -len(header.lacking(layout)), len(header.positions)


def _header(above: int, line: int, cells: Sequence[str], layout: Layout) -> Header:
    titles = tuple(one_line(cell) for cell in cells)
    columns = [layout.column(title) if title and not is_remarks(title) else None for title in titles]
    own = {column for title, column in zip(titles, columns, strict=True) if column and layout.is_own(title)}
    read = (
        None if column in own and not layout.is_own(title) else column
        for title, column in zip(titles, columns, strict=True)
    )
    return Header(line, above, titles, tuple(read))


def _repeated(header: Header) -> Iterator[tuple[str, list[str]]]:
    for column in header.positions:
        titles = [title for title, one in zip(header.titles, header.columns, strict=True) if one == column]
        if len(titles) > 1:
            yield column, titles
