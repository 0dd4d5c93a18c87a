"""CSV (RFC 4180) as spreadsheets write it: encodings, delimiters, and a first line that names the delimiter."""

import csv
import io
import re
from codecs import lookup
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.sheets.kinds import SAVE_AS
from shared.sheets.record import Record
from shared.sheets.refusal import MAX_COLUMNS, SheetRefused

DELIMITERS: Mapping[str, str] = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
ENCODINGS = (
    "utf-8", "utf-16-le", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "iso-8859-1", "iso-8859-2", "iso-8859-15",
    "utf-16-be",
)  # fmt: skip
"""The encodings that a caller may choose. None is guessed: every byte means something in each of them."""

_NAMES = {lookup(name).name: name for name in ENCODINGS}

_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
HEAD = 2_000
"""Bytes by which a file is known."""

_CONTROL = re.compile(rb"[\0-\x08\x0e-\x1f]")
_LINE_END = re.compile("\r\n|\r|\n")
_SEPARATOR = re.compile(r"""["']?sep=([^\w\s"']|\t)["']?(?:\1|[;,\t|])*\s*""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file whose encoding is known. `hint` is the delimiter that its first line names, as `sep=;` does."""

    content: bytes
    encoding: str
    hint: str | None

    @property
    def delimiters(self) -> dict[str, str]:
        """What may separate its cells, and what that is called; the likeliest first."""
        named = {self.hint: DELIMITERS.get(self.hint, self.hint)} if self.hint else {}
        return {**named, **DELIMITERS}

    def records(self, delimiter: str) -> Iterator[Record]:
        """Read its rows, blank ones left out; raises `SheetRefused` where one cannot be read."""
        lines = _lines(self.content, self.encoding)
        begins = 1
        if self.hint:
            next(lines)
            begins = 2
        reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
        before = begins - 1
        try:
            for cells in reader:
                if len(cells) > MAX_COLUMNS:
                    raise SheetRefused(f"the row has {len(cells):,} cells. At most {MAX_COLUMNS:,}.", begins)
                record = Record(begins, cells)
                if not record.is_blank:
                    yield record
                begins = before + reader.line_num + 1
        except csv.Error as error:
            raise _unreadable(error, begins) from None


def open_csv(content: bytes, chosen: str | None = None) -> CsvFile:
    """Find out how a file is written.

    A byte order mark decides the encoding, or the zeros that UTF-16 has beside Latin letters; else the caller's choice
    out of `ENCODINGS`; else it is UTF-8.
    """
    wanted = _named(chosen) if chosen is not None else "utf-8"
    marked = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    encoding = marked or _by_zeros(content)
    if not encoding and len(_CONTROL.findall(content[:HEAD])) > HEAD // 50:
        raise SheetRefused(f"The file is no text, and no workbook. Open the spreadsheet and {SAVE_AS}.")
    encoding = encoding or wanted
    first = _SEPARATOR.fullmatch(next(_lines(content, encoding), ""))
    return CsvFile(content, encoding, first[1] if first else None)


def _named(chosen: str) -> str:
    """The encoding that somebody has chosen, under any of its names, such as windows-1252 or latin-1."""
    try:
        return _NAMES[lookup(chosen).name]
    except (LookupError, ValueError):
        names = ", ".join(ENCODINGS)
        raise SheetRefused(f"encoding: {chosen[:40]!r} is not known here. Choose one of {names}.") from None


def _by_zeros(content: bytes) -> str | None:
    """UTF-16 without a mark: nearly every second byte is zero. In all other encodings none is."""
    head = content[:HEAD]
    even, odd = (head[at::2].count(0) for at in (0, 1))
    if max(even, odd) < len(head) // 4 or min(even, odd) * 4 > max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _lines(content: bytes, encoding: str) -> Iterator[str]:
    try:
        with io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="") as text:
            yield from text
    except UnicodeDecodeError:
        raise _undecodable(content, encoding) from None


def _unreadable(error: csv.Error, line: int) -> SheetRefused:
    if "field limit" in str(error):
        return SheetRefused("a cell that begins here has no end that anybody has typed: close its quote.", line)
    return SheetRefused(f"a quote is opened here and not closed properly ({error}).", line)


def _undecodable(content: bytes, encoding: str) -> SheetRefused:
    """Decode the file as a whole: only then does the error know where in the file it is."""
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        line = 1 + len(_LINE_END.findall(content[: error.start].decode(encoding, errors="ignore")))
        byte = content[error.start]
        remedy = "Save the file as UTF-8, or choose its encoding, such as cp1252 for a file from Excel on Windows."
        return SheetRefused(f"the byte 0x{byte:02X} is not {encoding.removesuffix('-sig')}. {remedy}", line)
    raise AssertionError("the stream refused bytes that decode as a whole")
