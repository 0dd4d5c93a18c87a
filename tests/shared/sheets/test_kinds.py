"""A file is known by what it is, whatever its name says."""

import gzip
import io
import zipfile

import pytest

from shared.sheets.kinds import FileFormat, format_of
from shared.sheets.refusal import SheetRefused
from tests.shared.sheets.files import with_parts, workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parts:
        for name in names:
            parts.writestr(name, "x")
    return made.getvalue()


def encrypted() -> bytes:
    """An archive that says of its parts that they are encrypted."""
    content = bytearray(archive("[Content_Types].xml", "xl/workbook.xml"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        content[at + offset] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (OLE, "old format of Excel (.xls)"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (encrypted(), "protected by a password"),
        (archive("mimetype", "content.xml"), "an OpenDocument file, such as .ods"),
        (archive("[Content_Types].xml", "xl/workbook.bin"), "a binary workbook (.xlsb)"),
        (archive("[Content_Types].xml", "word/document.xml"), "a text document (.docx)"),
        (archive("[Content_Types].xml", "ppt/presentation.xml"), "a presentation (.pptx)"),
        (archive("Index/Document.iwa"), "a file of Numbers"),
        (archive("people.csv"), "an archive (zip)"),
        (b"PK\x03\x04 and nothing more", "damaged"),
        (b"%PDF-1.7", "a PDF"),
        (gzip.compress(b"name,email", mtime=0), "compressed"),
        (b"{\\rtf1 name", "a text document (rtf)"),
        (b"<html><table><tr><td>name</td></tr></table></html>", "a web page or XML"),
        (b"\xef\xbb\xbf\n <!DOCTYPE html><html>", "a web page or XML"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "a web page or XML"),
    ],
)
def test_what_is_no_table_is_named_with_the_remedy(content: bytes, words: str) -> None:
    with pytest.raises(SheetRefused) as refused:
        format_of(content)
    assert words in refused.value.detail
    assert "save it as .xlsx or as CSV in UTF-8" in refused.value.detail


def test_tables_are_known() -> None:
    assert format_of(workbook([["name"]])) is FileFormat.XLSX
    assert format_of(with_parts(workbook([["name"]]), {"xl/vbaProject.bin": b"x"})) is FileFormat.XLSX
    assert format_of(b"name,email") is FileFormat.CSV
    assert format_of(b"") is FileFormat.CSV
