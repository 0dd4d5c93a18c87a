"""A CSV file (RFC 4180): encoding, delimiter, header and records."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.errors import Refusal
from shared.vocabulary.cells import import_cell

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 100_000

DELIMITERS = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar"}
ENCODINGS = (
    "utf-8", "utf-16-le", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "iso-8859-1", "iso-8859-2", "iso-8859-15",
)  # fmt: skip
"""The encodings that a caller may choose. None is guessed: every byte means something in each of them."""

REQUIRED = ("name", "email")
COLUMNS = (
    *REQUIRED, "location", "time_zone", "languages", "format", "seats", "mentors", "hours_per_month",
    "months_available", "experience", "years", "areas", "programming_languages", "goals",
)  # fmt: skip
_ALSO = {
    "e_mail": "email", "mail": "email", "email_address": "email", "e_mail_address": "email", "full_name": "name",
    "timezone": "time_zone", "language": "languages", "goals_supported": "goals", "months": "months_available",
}  # fmt: skip

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_LINE_END = re.compile("\r\n|\r|\n")


class ImportRefused(Refusal):
    """The file cannot be read, so none of it is imported. `line` counts from 1, where one is to blame."""

    status = 422

    def __init__(self, detail: str, line: int | None = None) -> None:
        super().__init__(detail if line is None else f"Line {line}: {detail}", line=line)
        self.line = line


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the file, by column. `line` is where it begins; `fault` says why it does not fit the header."""

    line: int
    cells: Mapping[str, str]
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A readable file: how it is written, its columns, and its rows, which are read while iterating."""

    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    ignored_columns: tuple[str, ...]
    rows: Iterator[Record]


def read_sheet(content: bytes, encoding: str | None = None) -> Sheet:
    """Find out how the file is written, and read its header.

    A byte order mark decides the encoding, else the caller's choice out of `ENCODINGS`, else it is UTF-8. The
    delimiter is the one that gives the known header. Raises `ImportRefused`, also while the rows are read.
    """
    if len(content) > MAX_BYTES:
        size = len(content) / 1024 / 1024
        raise ImportRefused(f"The file has {size:.0f} MB. At most {MAX_BYTES // 1024 // 1024} MB: split it.")
    encoding = _encoding(content, encoding)
    delimiter, header = _header(content, encoding)
    named = [_column(title) for title in header]
    columns = tuple(name for name in named if name in COLUMNS)
    _check(columns, header, encoding)
    ignored = tuple(title for title, name in zip(header, named, strict=True) if title.strip() and name not in COLUMNS)
    rows = _rows(content, encoding, delimiter, named)
    return Sheet("utf-8" if encoding == "utf-8-sig" else encoding, delimiter, columns, ignored, rows)


def _encoding(content: bytes, chosen: str | None) -> str:
    marked = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    if chosen is not None and chosen.lower() not in ENCODINGS:
        raise ImportRefused(f"encoding: {chosen[:40]!r} is not known here. Choose one of {', '.join(ENCODINGS)}.")
    return marked or (chosen or "utf-8").lower()


def _header(content: bytes, encoding: str) -> tuple[str, list[str]]:
    """The delimiter under which the first record names the most columns that are known, and that record."""
    headers: dict[str, list[str]] = {}
    faults: list[ImportRefused] = []
    for delimiter in DELIMITERS:
        try:
            headers[delimiter] = next((record for _, record in _records(content, encoding, delimiter)), [])
        except ImportRefused as fault:
            faults.append(fault)
    if not headers:
        raise faults[0]
    if not any(_column(title) for header in headers.values() for title in header):
        raise ImportRefused(f"The file is empty. The first line names the columns: {', '.join(COLUMNS)}.")
    best = max(headers, key=lambda delimiter: sum(_column(title) in COLUMNS for title in headers[delimiter]))
    return best, headers[best]


def _column(title: str) -> str:
    name = re.sub(r"[\W_]+", "_", title.strip().casefold()).strip("_")
    return _ALSO.get(name, name)


def _check(columns: tuple[str, ...], header: list[str], encoding: str) -> None:
    missing = [name for name in REQUIRED if name not in columns]
    repeated = sorted({name for name in columns if columns.count(name) > 1})
    if missing and any("\0" in title for title in header):
        raise ImportRefused(f"The file is not in {encoding}. Save it as UTF-8, or choose encoding=utf-16-le.")
    if missing:
        found = ", ".join(repr(title.strip()[:40]) for title in header[:20])
        raise ImportRefused(f"The header lacks the column {' and '.join(missing)}. It has {found}.")
    if repeated:
        raise ImportRefused(f"The header has the column {' and '.join(repeated)} more than once. Keep one of each.")


def _rows(content: bytes, encoding: str, delimiter: str, columns: list[str]) -> Iterator[Record]:
    records = _records(content, encoding, delimiter)
    next(records)
    count = 0
    for count, (line, record) in enumerate(records, start=1):
        if count > MAX_ROWS:
            raise ImportRefused(f"The file has more than {MAX_ROWS:,} rows. Split it.", line)
        yield _row(line, record, columns, delimiter)
    if count == 0:
        raise ImportRefused("The file has a header and no row. Put one person on each line below it.")


def _row(line: int, record: list[str], columns: list[str], delimiter: str) -> Record:
    spare = record[len(columns) :]
    if len(record) < len(columns) or any(cell.strip() for cell in spare):
        mark = DELIMITERS[delimiter]
        fault = f"The row has {len(record)} cells, the header {len(columns)}: a {mark} too few, or one without quotes."
        return Record(line, {}, fault)
    known = {column: import_cell(cell) for column, cell in zip(columns, record, strict=False) if column in COLUMNS}
    return Record(line, known)


def _records(content: bytes, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The records that are not empty, each with the line on which it begins."""
    reader = csv.reader(_lines(content, encoding), delimiter=delimiter, skipinitialspace=True, strict=True)
    begins = 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                yield begins, record
            begins = reader.line_num + 1
    except csv.Error as error:
        raise ImportRefused(f"a quote is opened here and not closed properly ({error}).", begins) from None


def _lines(content: bytes, encoding: str) -> Iterator[str]:
    try:
        with io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="") as text:
            yield from text
    except UnicodeDecodeError:
        raise _undecodable(content, encoding) from None


def _undecodable(content: bytes, encoding: str) -> ImportRefused:
    """Decode the file as a whole: only then does the error know where in the file it is."""
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        line = 1 + len(_LINE_END.findall(content[: error.start].decode(encoding, errors="ignore")))
        byte = content[error.start]
        remedy = "Save the file as UTF-8, or choose its encoding, such as cp1252 for a file from Excel on Windows."
        return ImportRefused(f"the byte 0x{byte:02X} is not {encoding.removesuffix('-sig')}. {remedy}", line)
    raise AssertionError("the stream refused bytes that decode as a whole")
