"""A table of people as a file has it, whatever kind of file that is."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from shared.sheets.columns import Layout
from shared.sheets.csv_file import CsvFile, open_csv
from shared.sheets.header import LOOKED_AT, Header, check_header, find_header
from shared.sheets.kinds import SAVE_AS, FileFormat, format_of
from shared.sheets.record import Record
from shared.sheets.refusal import MAX_ROWS, ColumnsMissing, SheetRefused
from shared.sheets.xlsx_file import XlsxFile, open_xlsx
from shared.vocabulary.cells import import_cell
from shared.vocabulary.spelling import spelling

HEAD_LINES = 1_000
"""Of a sheet, among which its header is looked for."""

MOST_SHEETS = 50
"""Of a workbook, in which people are looked for."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row by column, as far as the columns are known; `line` is where it begins.

    `record` are all cells by position, those behind the last title included. `lacking` are titles that are read, and
    before whose cells the row ends; `fault` says why the row does not fit the header, `unread` why a cell could not be
    read.
    """

    line: int
    cells: Mapping[str, str]
    record: Sequence[str]
    lacking: Sequence[str]
    fault: str | None
    unread: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A readable file: how it is written, its header, what people should know of it, and its rows.

    The rows are read while iterating; that may raise `SheetRefused`, too. `encoding` and `delimiter` are those of CSV,
    `sheet` that of a workbook; else they are None.
    """

    format: FileFormat
    header: Header
    notes: tuple[str, ...]
    rows: Iterator[Row]
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        return tuple(self.header.positions)


def read_table(content: bytes, layout: Layout, encoding: str | None = None) -> Table:
    """Find out how a file is written, and where its header stands.

    `encoding` is the caller's choice for CSV without a byte order mark. Raises `SheetRefused`.
    """
    if format_of(content) is FileFormat.XLSX:
        return _read_workbook(open_xlsx(content), layout)
    return _read_csv(open_csv(content, encoding), layout)


def _read_csv(file: CsvFile, layout: Layout) -> Table:
    """The delimiter is the one by which a header has the most columns that are known."""
    found, faults = dict[str, Header](), list[SheetRefused]()
    for delimiter in file.delimiters:
        head, fault = _head(file, delimiter)
        if header := find_header(head, layout):
            found[delimiter] = header
        elif fault:
            faults.append(fault)
    if faults and not found:
        raise faults[0]
    written_in = "utf-8" if file.encoding == "utf-8-sig" else file.encoding
    delimiter = _best(found, layout)
    header = found[delimiter]
    check_header(header, layout)
    mark = file.delimiters[delimiter]
    rows = _rows(file.records(delimiter), header, mark)
    return Table(FileFormat.CSV, header, tuple(_about(header)), rows, encoding=written_in, delimiter=delimiter)


def _head(file: CsvFile, delimiter: str) -> tuple[list[Record], SheetRefused | None]:
    """The first rows, as far as they can be read."""
    head = list[Record]()
    try:
        head.extend(islice(file.records(delimiter), LOOKED_AT))
    except SheetRefused as fault:
        return head, fault
    return head, None


def _read_workbook(file: XlsxFile, layout: Layout) -> Table:
    """The sheet is the one whose header has the most columns that are known; of equals, the first."""
    found = {
        sheet: header
        for sheet in file.sheets[:MOST_SHEETS]
        if (header := find_header(list(islice(file.head(sheet, HEAD_LINES), LOOKED_AT)), layout))
    }
    if not file.sheets:
        raise SheetRefused(f"The workbook has no sheet that can be read. Open it and {SAVE_AS}.")
    sheet = _best(found, layout)
    header = found[sheet]
    check_header(header, layout)
    others = ", ".join(repr(other) for other in found if other != sheet)
    notes = [
        *_about(header),
        *([f"The sheet {sheet!r} is read, and not {others}."] if others else []),
        *(["The programs (macros) in the workbook are left alone."] if file.has_macros else []),
    ]
    return Table(FileFormat.XLSX, header, tuple(notes), _rows(file.records(sheet, header.width), header), sheet=sheet)


def _best(found: Mapping[str, Header], layout: Layout) -> str:
    """Where the best header is: with the fewest required columns missing, then with the most that are known."""
    if not any(spelling(title) for header in found.values() for title in header.titles):
        names = ", ".join(layout.columns)
        required = [some[0] for some in layout.required]
        raise ColumnsMissing(f"The file is empty. The first line names the columns: {names}.", required)
    return max(found, key=lambda one: (-len(found[one].lacking(layout)), len(found[one].positions)))


def _about(header: Header) -> Iterator[str]:
    if header.above:
        yield f"The header is in line {header.line}; what stands above it is not read."


def _rows(records: Iterator[Record], header: Header, mark: str = "") -> Iterator[Row]:
    count = 0
    for record in records:
        if record.line <= header.line:
            continue
        count += 1
        if count > MAX_ROWS:
            raise SheetRefused(f"The file has more than {MAX_ROWS:,} rows. Split it.", record.line)
        yield _row(record, header, mark)


def _row(record: Record, header: Header, mark: str) -> Row:
    width = len(header.titles)
    cells = [_cell(cell) for cell in record.cells]
    fault: str | None = None
    lacking: Sequence[str] = ()
    if not record.is_addressed:
        if any(cell.strip() for cell in record.cells[width:]):
            fault = f"has {len(record.cells)} cells for {width} columns: put a cell with a {mark} in it into quotes"
        lacking = header.behind(len(cells))
    cells += [""] * (width - len(cells))
    known = {column: cells[at] for column, at in header.positions.items()}
    unread = {column: record.unread[at] for column, at in header.positions.items() if at in record.unread}
    return Row(record.line, {} if fault else known, cells, lacking, fault, unread)


def _cell(cell: str) -> str:
    """What somebody typed: composed (Unicode NFC), without the mark that keeps a spreadsheet from computing it."""
    return import_cell(cell if cell.isascii() else unicodedata.normalize("NFC", cell))
