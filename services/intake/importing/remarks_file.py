"""The file of a dry run with one column more: the remarks, beside the cells that they are about.

Somebody corrects the cells, and imports the file again: the column is not read then.
"""

import csv
import io
from collections.abc import Iterator

from services.intake.importing.columns import PEOPLE
from services.intake.importing.report import ImportReport, ReportedOutcome, RowReport
from shared.sheets.columns import REMARKS
from shared.sheets.header import is_remarks
from shared.sheets.table import read_table
from shared.vocabulary.cells import export_cell
from shared.vocabulary.findings import Kind, Remark

MARK = "\N{BYTE ORDER MARK}"
"""By which spreadsheets know UTF-8."""

NOT_TAKEN = (ReportedOutcome.REFUSED, ReportedOutcome.LEFT)

WORDS = {Kind.UNDERSTOOD: "Understood", Kind.GUESSED: "Guessed", Kind.LEFT_OUT: "Left out", Kind.REFUSED: "REFUSED"}


def with_remarks(
    content: bytes, report: ImportReport, encoding: str | None, delimiter: str, not_taken_only: bool = False
) -> bytes:
    """Write a file again as CSV in UTF-8, with the remarks of its report behind each row.

    It is read in the `encoding` that was chosen for the report. No spreadsheet computes its cells: what begins like a
    formula is marked as text, and read without the mark. A file that has such remarks already gets new ones instead.
    Cells behind the last title come behind the remarks, so that such a row has too many when it is imported again, too.
    With `not_taken_only` the rows that are taken are left away.
    """
    table = read_table(content, PEOPLE, encoding)
    titles = table.header.titles
    kept = [position for position, title in enumerate(titles) if not is_remarks(title)]
    text = io.StringIO()
    text.write(MARK)
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow([*(export_cell(titles[position]) for position in kept), REMARKS])
    for row, about in zip(table.rows, report.rows, strict=True):
        if not_taken_only and about.outcome not in NOT_TAKEN:
            continue
        cells, spare = [row.record[position] for position in kept], row.record[len(titles) :]
        writer.writerow([export_cell(cell) for cell in (*cells, " ".join(_said(about)), *spare)])
    return text.getvalue().encode()


def _said(row: RowReport) -> Iterator[str]:
    for remark in row.remarks:
        yield f"{WORDS[remark.kind]}{_where(remark)}: {remark.sentence}"


def _where(remark: Remark) -> str:
    return f" ({remark.column})" if remark.column else ""
