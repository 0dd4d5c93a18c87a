"""xlsx by openpyxl, row by row: values only, never a formula or a macro."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeAlias

from shared.sheets.kinds import SAVE_AS
from shared.sheets.record import Record
from shared.sheets.refusal import LONGEST_CELL, Deadline, SheetRefused
from shared.sheets.xlsx_archive import check_archive, has_formulas, has_macros, is_strict
from shared.sheets.xlsx_values import text_of

LAST_ROW = 1_048_576
"""Of a spreadsheet. A file can claim others."""

NO_VALUE = "The cell has a formula whose value is not in the file. Open the file in a spreadsheet and save it again."

EMPTY_TEXT = "str"
"""The type of a cell without a value whose formula gives a text: it gives the empty one."""

CHECKED = 1_000
"""Rows between two looks at the clock."""

# openpyxl comes without types.
Workbook: TypeAlias = Any
Worksheet: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class XlsxFile:
    """An open workbook; `formulas` is the same with formulas instead of their values, if there are any."""

    workbook: Workbook
    formulas: Workbook | None
    has_macros: bool

    @property
    def sheets(self) -> list[str]:
        """The names of the sheets that people see, in their order."""
        return [sheet.title for sheet in self.workbook.worksheets if sheet.sheet_state == "visible"]

    def head(self, sheet: str, rows: int) -> Iterator[Record]:
        """Read the first rows of a sheet, as wide as they are."""
        return self._records(sheet, rows, None)

    def records(self, sheet: str, width: int) -> Iterator[Record]:
        """Read the rows of a sheet, each as wide as its header: what stands farther right is under no title."""
        return self._records(sheet, LAST_ROW, width)

    def _records(self, sheet: str, rows: int, width: int | None) -> Iterator[Record]:
        """The rows that are not blank."""
        deadline = Deadline()
        with _refusing():
            for line, (values, unread) in enumerate(self._values(sheet, rows, width), start=1):
                if line % CHECKED == 0:
                    deadline.check(line)
                if unread or any(value is not None for value in values):
                    record = Record(line, _texts(line, values), is_addressed=True, unread=unread)
                    if not record.is_blank:
                        yield record

    def _values(self, sheet: str, rows: int, width: int | None) -> Iterator[tuple[Sequence[object], Mapping[int, str]]]:
        """What each row says, and which of its formulas have no value in the file."""
        if self.formulas is None:
            for values in _rows(self.workbook[sheet], rows, width, values_only=True):
                yield values, {}
            return
        formulas = _rows(self.formulas[sheet], rows, width, values_only=True)
        for cells, written in zip(_rows(self.workbook[sheet], rows, width), formulas, strict=True):
            unread = {
                position: NO_VALUE
                for position, (cell, formula) in enumerate(zip(cells, written, strict=True))
                if cell.value is None and formula is not None and cell.data_type != EMPTY_TEXT
            }
            yield [cell.value for cell in cells], unread


def open_xlsx(content: bytes) -> XlsxFile:
    """Open a workbook that keeps to the limits; raises `SheetRefused`."""
    check_archive(content)
    if is_strict(content):
        raise SheetRefused("The workbook is a Strict Open XML one. Open it and save it as an ordinary .xlsx or as CSV.")
    with _refusing():
        import openpyxl  # noqa: PLC0415 - only who has such a file waits for it

        warnings.filterwarnings("ignore", module="openpyxl")  # of styles and extensions that it does not know
        values = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        formulas = (
            openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
            if has_formulas(content)
            else None
        )
        return XlsxFile(values, formulas, has_macros(content))


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn whatever openpyxl stumbles upon into a refusal: a broken workbook has no end of ways to be so."""
    try:
        yield
    except SheetRefused:
        raise
    except ModuleNotFoundError as error:
        raise SheetRefused(f"xlsx cannot be read here ({error}). Save the file as CSV in UTF-8.") from error
    except Exception as error:
        raise SheetRefused(
            f"The workbook cannot be read ({type(error).__name__}). Open it in a spreadsheet and {SAVE_AS}."
        ) from error


def _rows(sheet: Worksheet, rows: int, width: int | None, values_only: bool = False) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()  # what a file says of its size need not be true
    found: Iterator[tuple[Any, ...]] = sheet.iter_rows(max_row=rows, max_col=width, values_only=values_only)
    return found


def _texts(line: int, values: Sequence[object]) -> list[str]:
    texts = [text_of(value) for value in values]
    if max(map(len, texts)) > LONGEST_CELL:
        raise SheetRefused("a cell is longer than anybody types. Shorten it.", line)
    return texts
