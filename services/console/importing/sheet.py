"""The file of an import between two pages: the page itself carries it, so that nothing of it is kept anywhere."""

import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from services.console.frame.uploads import LARGEST_FILE
from shared.sheets.rows_file import rows_file

_NAME = re.compile(r"c-(\d{1,7})-([a-z_]{1,40})")


class Damaged(Exception):
    """What a page carries is not the file that was put into it."""


class Place(NamedTuple):
    """A cell: its line in the file, and its column."""

    line: int
    column: str

    @property
    def field(self) -> str:
        """The name of the field by which the cell is corrected."""
        return f"c-{self.line}-{self.column}"


def pack(content: bytes) -> str:
    """Write a file as text that a page can carry."""
    return urlsafe_b64encode(zlib.compress(content)).decode()


def unpack(text: str) -> bytes:
    """Return the file that a page carries; raises `Damaged`."""
    reader = zlib.decompressobj()
    try:
        content = reader.decompress(urlsafe_b64decode(text), LARGEST_FILE + 1)
    except (ValueError, zlib.error):
        raise Damaged from None
    if len(content) > LARGEST_FILE or not reader.eof:
        raise Damaged
    return content


def corrections(fields: Mapping[str, str]) -> dict[Place, str]:
    """Return what the fields of a form say of cells."""
    found = ((_NAME.fullmatch(name), value) for name, value in fields.items())
    return {Place(int(name[1]), name[2]): value for name, value in found if name}


def corrected(
    columns: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], said: Mapping[Place, str]
) -> bytes | None:
    """Write the rows again with what was said of their cells; None if no cell differs.

    A row that does not fit the columns stays as it is.
    """
    written = [(line, _row(columns, line, cells, said)) for line, cells in rows]
    is_changed = any(new != [*old] for (_, old), (_, new) in zip(rows, written, strict=True))
    return rows_file(columns, written) if is_changed else None


def _row(columns: Sequence[str], line: int, cells: Sequence[str], said: Mapping[Place, str]) -> list[str]:
    if len(cells) != len(columns):
        return [*cells]
    return [said.get(Place(line, column), cell) for column, cell in zip(columns, cells, strict=True)]
