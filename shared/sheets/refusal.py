"""Why a file cannot be read, with what to do about it, and how large a file may be."""

from collections.abc import Sequence
from time import monotonic

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 16_384
"""As many as a spreadsheet has."""

LONGEST_CELL = 131_072
"""Characters, and four times what a cell of a spreadsheet can hold: nobody has typed that."""

SECONDS = 180.0
"""The largest workbook that is taken needs half a minute, on a machine with nothing else to do."""


class SheetRefused(Exception):
    """The file cannot be read, so none of it is. `line` counts from 1, where one is to blame.

    The message begins with it; `words` are without.
    """

    def __init__(self, detail: str, line: int | None = None) -> None:
        super().__init__(detail if line is None else f"Line {line}: {detail}")
        self.words, self.line = detail, line

    @property
    def detail(self) -> str:
        """The whole sentence, with the line."""
        return str(self)


class ColumnsMissing(SheetRefused):
    """The header lacks `columns` that are required."""

    def __init__(self, detail: str, columns: Sequence[str]) -> None:
        super().__init__(detail)
        self.columns = columns


class ColumnsRepeated(SheetRefused):
    """Several titles mean the same one of `columns`."""

    def __init__(self, detail: str, line: int, columns: Sequence[str]) -> None:
        super().__init__(detail, line)
        self.columns = columns


class Deadline:
    """Ends the reading of a file that takes too long, however small it is."""

    def __init__(self) -> None:
        self._until = monotonic() + SECONDS

    def check(self, line: int) -> None:
        """Refuse the file if the time is over."""
        if monotonic() > self._until:
            raise SheetRefused("reading takes too long. Copy the rows with people into a new file.", line)
