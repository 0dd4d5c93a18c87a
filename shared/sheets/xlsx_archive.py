"""What an xlsx file may be made of: it is an archive, which a few bytes can make as large as a disk.

All parts are unpacked once, and counted, before anybody makes anything of them.
"""

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from shared.sheets.kinds import SAVE_AS
from shared.sheets.refusal import SheetRefused

MAX_PARTS = 2_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_TAGS = 20_000_000
"""In a sheet or its texts: a hundred thousand rows of thirty columns have twelve million."""
MAX_OTHER_TAGS = 500_000
"""In any other part, of each of which an object is made."""
LONGEST_ROW = 8 * 1024 * 1024
"""Bytes between two rows of a sheet: a row is in memory as a whole."""

CHUNK = 1024 * 1024
MACROS = "vbaproject.bin"
WORKBOOK, STRICT = "xl/workbook.xml", b"http://purl.oclc.org/ooxml/"

_DATA = re.compile(r"xl/(worksheets/|sharedstrings)", re.IGNORECASE)
_SHEET = re.compile(r"xl/worksheets/[^/]*$", re.IGNORECASE)
_ROW = re.compile(rb"<(?:\w+:)?row\b")
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
LONGEST_PREFIX = 64
"""Bytes of a tag that may stand at the end of a chunk."""


def check_archive(content: bytes) -> None:
    """Refuse a file that unpacks to more than a spreadsheet of the permitted size, or that is damaged."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS:
                raise SheetRefused(f"The file is made of {len(parts):,} parts. {_too_much()}")
            left = MAX_UNPACKED
            for part in parts:
                left -= _check_part(archive, part, left)
    except (BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, ValueError, RuntimeError) as error:
        raise SheetRefused(f"The file is damaged, or only a part of it arrived. Open it and {SAVE_AS}.") from error


def is_strict(content: bytes) -> bool:
    """Return whether the workbook is of the strict kind of ISO 29500, which names everything otherwise."""
    with ZipFile(BytesIO(content)) as archive:
        return WORKBOOK in archive.namelist() and STRICT in archive.read(WORKBOOK)


def has_macros(content: bytes) -> bool:
    """Return whether programs come with the workbook."""
    with ZipFile(BytesIO(content)) as archive:
        return any(name.casefold().endswith(MACROS) for name in archive.namelist())


def has_formulas(content: bytes) -> bool:
    """Return whether some sheet may have a formula in it."""
    with ZipFile(BytesIO(content)) as archive:
        sheets = [part for part in archive.infolist() if _SHEET.match(part.filename)]
        return any(_has(_FORMULA, _chunks(archive, part)) for part in sheets)


def _check_part(archive: ZipFile, part: ZipInfo, left: int) -> int:
    """Unpack a part, at most so many bytes of it; returns how many it has."""
    most = MAX_TAGS if _DATA.match(part.filename) else MAX_OTHER_TAGS
    is_sheet = bool(_SHEET.match(part.filename))
    size = tags = gap = 0
    for chunk in _chunks(archive, part):
        size += len(chunk)
        tags += chunk.count(b"<")
        rows = [found.start() for found in _ROW.finditer(chunk)] if is_sheet else []
        gap = len(chunk) - rows[-1] if rows else gap + len(chunk)
        if size > left or (is_sheet and gap > LONGEST_ROW) or (tags > most and not part.filename.endswith(".bin")):
            raise SheetRefused(f"The file unpacks to more than a spreadsheet of people can have. {_too_much()}")
    return size


def _has(pattern: re.Pattern[bytes], chunks: Iterator[bytes]) -> bool:
    """Whether a pattern is in a part, also where two chunks meet."""
    end = b""
    for chunk in chunks:
        if pattern.search(end + chunk):
            return True
        end = chunk[-LONGEST_PREFIX:]
    return False


def _chunks(archive: ZipFile, part: ZipInfo) -> Iterator[bytes]:
    with archive.open(part) as unpacked:
        while chunk := unpacked.read(CHUNK):
            yield chunk


def _too_much() -> str:
    return f"Copy the rows with people into a new spreadsheet and {SAVE_AS}."
