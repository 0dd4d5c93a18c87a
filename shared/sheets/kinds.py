"""What kind of file some bytes are, whatever its name says: CSV, xlsx, or one that has to be saved otherwise."""

import re
from enum import StrEnum
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from shared.sheets.refusal import MAX_BYTES, SheetRefused

SAVE_AS = "save it as .xlsx or as CSV in UTF-8"

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

OTHERS = {
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file (gzip)",
    b"7z\xbc\xaf": "a compressed file (7z)",
    b"Rar!": "a compressed file (rar)",
    b"{\\rtf": "a text document (rtf)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3": "a database",
    b"PAR1": "a Parquet file",
}
MARKUP = re.compile(rb"\s*(?:<\?xml|<!doctype|<html|<table|<head|<body|<meta)", re.IGNORECASE)
INSIDE = {
    "xl/workbook.bin": "a binary workbook (.xlsb)",
    "word/document.xml": "a text document (.docx)",
    "ppt/presentation.xml": "a presentation (.pptx)",
    "Index/Document.iwa": "a file of Numbers",
    "Index.zip": "a file of Numbers",
    "content.xml": "an OpenDocument file, such as .ods",
}
CONTENTS = "[Content_Types].xml"


class FileFormat(StrEnum):
    """How a file is written."""

    CSV = "csv"
    XLSX = "xlsx"


def format_of(content: bytes) -> FileFormat:
    """Recognize a file by its first bytes; raises `SheetRefused` for one that is too large or neither CSV nor xlsx."""
    if len(content) > MAX_BYTES:
        size = len(content) / 1024 / 1024
        raise SheetRefused(f"The file has {size:.0f} MB. At most {MAX_BYTES // 1024 // 1024} MB: split it.")
    if content.startswith(OLE):
        raise SheetRefused(_old(content))
    if content.startswith(b"PK"):
        return _inside(content)
    if other := next((words for begin, words in OTHERS.items() if content.startswith(begin)), None):
        raise SheetRefused(f"The file is {other}, no spreadsheet. Open the spreadsheet and {SAVE_AS}.")
    if MARKUP.match(content.removeprefix(b"\xef\xbb\xbf")[:200]):
        raise SheetRefused(
            f"The file is a web page or XML, whatever its name says. Open it in a spreadsheet and {SAVE_AS}."
        )
    return FileFormat.CSV


def _old(content: bytes) -> str:
    if ENCRYPTED in content:
        return f"The file is protected by a password. Take the password off, then {SAVE_AS}."
    return f"The file is in the old format of Excel (.xls) or of another old program. Open it and {SAVE_AS}."


def _inside(content: bytes) -> FileFormat:
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise SheetRefused(f"The file is damaged, or only a part of it arrived. Open it and {SAVE_AS}.") from error
    if any(part.flag_bits & 1 for part in parts):
        raise SheetRefused(f"The file is protected by a password. Take the password off, then {SAVE_AS}.")
    names = {part.filename for part in parts}
    if CONTENTS in names and "xl/workbook.bin" not in names and any(name.startswith("xl/") for name in names):
        return FileFormat.XLSX
    inside = next((words for name, words in INSIDE.items() if name in names), "an archive (zip)")
    raise SheetRefused(f"The file is {inside}, which is not read. Open the spreadsheet in it and {SAVE_AS}.")
