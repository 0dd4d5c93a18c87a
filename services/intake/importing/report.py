"""The report on a file: what was understood of each row, and what became of it."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, computed_field

from services.intake.importing.columns import PEOPLE
from services.intake.importing.imported_person import ImportedPerson
from services.intake.importing.rows import understand_row
from shared.contracts.intake import Role
from shared.errors import Refusal
from shared.sheets.kinds import FileFormat
from shared.sheets.refusal import SheetRefused
from shared.sheets.table import Row, Table, read_table
from shared.vocabulary.findings import Kind, Note, Remark, left_out, refused
from shared.vocabulary.time_zones import understand_zone

MAX_REMARKS = 1_000_000
"""Ten a row in the largest file. More would only fill memory: nobody reads them."""


MOST_TITLES = 100
"""Of columns that are not read, which a report names."""


class ImportRefused(Refusal):
    """The file cannot be read, so none of it is imported. `line` counts from 1, where one is to blame."""

    status = 422


class ReportedOutcome(StrEnum):
    """What became of a row, or what would in a dry run."""

    WOULD_CREATE = "would_create"
    WOULD_UPDATE = "would_update"
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    LEFT = "left"
    REFUSED = "refused"


HAS_LEFT = left_out(
    "", "This person has withdrawn or left before, and an import brings nobody back. They can apply again."
)


@dataclass(frozen=True, slots=True)
class RowReport:
    """One row, by the line of the file on which it begins (from 1)."""

    line: int
    outcome: ReportedOutcome
    remarks: tuple[Remark, ...] = ()


class ImportReport(BaseModel):
    """The whole file. It repeats cells, so it holds personal data. `sha256` ties a later commit to this content.

    `encoding` and `delimiter` are those of CSV, `sheet` is the one of a workbook that is read. `notes` are on the file
    as a whole. `cells` is what stands in the rows, each in the order of the columns; one that does not fit the header
    is there as it is. Nobody asked for them if there are none.
    """

    model_config = ConfigDict(frozen=True)

    role: Role
    sha256: str
    format: FileFormat
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    notes: tuple[str, ...]
    columns: tuple[str, ...]
    ignored_columns: tuple[str, ...]
    rows: tuple[RowReport, ...]
    cells: tuple[tuple[str, ...], ...] = ()

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated properties; pydantic documents this form
    @property
    def totals(self) -> dict[ReportedOutcome, int]:
        """The number of rows by outcome."""
        return dict(Counter(row.outcome for row in self.rows))

    @computed_field  # type: ignore[prop-decorator]
    @property
    def remark_totals(self) -> dict[Kind, int]:
        """The number of remarks by kind."""
        return dict(Counter(remark.kind for row in self.rows for remark in row.remarks))

    def with_outcomes(self, outcomes: Mapping[int, ReportedOutcome]) -> "ImportReport":
        """Copy the report with other outcomes on these lines; who has left gets a remark that says so."""
        rows = tuple(_with_outcome(row, outcomes.get(row.line, row.outcome)) for row in self.rows)
        return self.model_copy(update={"rows": rows})


def _with_outcome(row: RowReport, outcome: ReportedOutcome) -> RowReport:
    remarks = (HAS_LEFT.at(row.line, None),) if outcome is ReportedOutcome.LEFT else ()
    return replace(row, outcome=outcome, remarks=(*remarks, *row.remarks))


def read_people(
    content: bytes,
    role: Role,
    encoding: str | None = None,
    default_time_zone: str | None = None,
    with_cells: bool = False,
) -> tuple[ImportReport, list[ImportedPerson]]:
    """Read a file of people, CSV or xlsx: those whose row can be imported, and a report on every row.

    Each accepted row is `would_create`: the caller says, by `with_outcomes`, whom the tenant already knows.
    `default_time_zone` is for people who state none, and whose location does not give it away. `with_cells` says
    whether the report repeats what stands in the rows.
    Raises `ImportRefused` for a file that cannot be read at all; one bad row costs only that row.
    """
    zone = _default_zone(default_time_zone)
    try:
        table = read_table(content, PEOPLE, encoding)
        cells = list[tuple[str, ...]]()
        read = _keeping(table, cells) if with_cells else table.rows
        rows, people = _understand_all(read, role, zone)
        if not rows:
            raise SheetRefused("The file has a header and no row. Put one person on each line below it.")
    except SheetRefused as fault:
        raise ImportRefused(fault.detail, line=fault.line) from fault
    report = ImportReport(
        role=role,
        sha256=hashlib.sha256(content).hexdigest(),
        format=table.format,
        encoding=table.encoding,
        delimiter=table.delimiter,
        sheet=table.sheet,
        notes=table.notes,
        columns=table.columns,
        ignored_columns=_ignored(table),
        rows=tuple(rows),
        cells=tuple(cells),
    )
    return report, people


def _keeping(table: Table, cells: list[tuple[str, ...]]) -> Iterator[Row]:
    """The rows of a table; what stands in them is kept while they are read."""
    for row in table.rows:
        cells.append(tuple(row.record) if row.fault else tuple(row.cells[column] for column in table.columns))
        yield row


def _ignored(table: Table) -> tuple[str, ...]:
    titles = table.header.ignored
    more = len(titles) - MOST_TITLES
    return titles if more <= 0 else (*titles[:MOST_TITLES], f"and {more:,} more")


def _understand_all(rows: Iterable[Row], role: Role, zone: str | None) -> tuple[list[RowReport], list[ImportedPerson]]:
    reports: list[RowReport] = []
    people: dict[str, ImportedPerson] = {}
    remark_count = 0
    for row in rows:
        person, remarks = understand_row(row, role, zone)
        if person and (first := people.setdefault(person.email_key, person)) is not person:
            remarks.append(_duplicate(person, first).at(row.line, "email"))
            person = None
        reports.append(
            RowReport(row.line, ReportedOutcome.WOULD_CREATE if person else ReportedOutcome.REFUSED, tuple(remarks))
        )
        remark_count += len(remarks)
        if remark_count > MAX_REMARKS:
            raise SheetRefused(f"more than {MAX_REMARKS:,} remarks up to here. Is this the right file?", row.line)
    return reports, list(people.values())


def _duplicate(person: ImportedPerson, first: ImportedPerson) -> Note:
    return refused(person.email, f"Duplicate of line {first.line}: the same address, {first.email}. Keep one of them.")


def _default_zone(name: str | None) -> str | None:
    if name is None:
        return None
    zone, notes = understand_zone(name)
    if zone is None:
        raise ImportRefused(f"default_time_zone: {notes[0].sentence}")
    return zone
