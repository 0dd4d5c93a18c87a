"""Rows as a file that reads as they stand: CSV in UTF-8, each row on the line that it had."""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

from shared.vocabulary.cells import export_cell

FIRST_LINE = 2
"""Behind the titles."""

_LINE_END = re.compile("\r\n|\r|\n")


def rows_file(titles: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]]) -> bytes:
    """Write rows, each with its line in the file from which they come; blank lines fill what is between them."""
    text, at = StringIO(), FIRST_LINE
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(titles)
    for line, cells in rows:
        text.write("\n" * (line - at))
        writer.writerow([export_cell(cell) for cell in cells])
        at = max(at, line) + 1 + sum(len(_LINE_END.findall(cell)) for cell in cells)
    return text.getvalue().encode()
