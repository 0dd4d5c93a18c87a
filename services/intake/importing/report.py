"""The report on a file: what was understood of each row, and what became of it."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, computed_field

from services.intake.importing.imported_person import ImportedPerson
from services.intake.importing.rows import understand_row
from shared.contracts.intake import Role
from shared.sheets.sheet import ImportRefused, Record, read_sheet
from shared.vocabulary.findings import Kind, Note, Remark, refused
from shared.vocabulary.time_zones import understand_zone

MAX_REMARKS = 1_000_000
"""Ten a row in the largest file. More would only fill memory: nobody reads them."""


class ReportedOutcome(StrEnum):
    """What became of a row, or what would in a dry run."""

    WOULD_CREATE = "would_create"
    WOULD_UPDATE = "would_update"
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RowReport:
    """One row, by the line of the file on which it begins (from 1)."""

    line: int
    outcome: ReportedOutcome
    remarks: tuple[Remark, ...] = ()


class ImportReport(BaseModel):
    """The whole file. It repeats cells, so it holds personal data. `sha256` ties a later commit to this content."""

    model_config = ConfigDict(frozen=True)

    role: Role
    sha256: str
    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    ignored_columns: tuple[str, ...]
    rows: tuple[RowReport, ...]

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
        """Copy the report with other outcomes on these lines."""
        rows = tuple(replace(row, outcome=outcomes.get(row.line, row.outcome)) for row in self.rows)
        return self.model_copy(update={"rows": rows})


def read_people(
    content: bytes, role: Role, encoding: str | None = None, default_time_zone: str | None = None
) -> tuple[ImportReport, list[ImportedPerson]]:
    """Read a CSV file of people: those whose row can be imported, and a report on every row.

    Each accepted row is `would_create`: the caller says, by `with_outcomes`, whom the tenant already knows.
    `default_time_zone` is for people who state none, and whose location does not give it away.
    Raises `ImportRefused` for a file that cannot be read at all; one bad row costs only that row.
    """
    zone = _default_zone(default_time_zone)
    sheet = read_sheet(content, encoding)
    rows, people = _understand_all(sheet.rows, role, zone)
    report = ImportReport(
        role=role,
        sha256=hashlib.sha256(content).hexdigest(),
        encoding=sheet.encoding,
        delimiter=sheet.delimiter,
        columns=sheet.columns,
        ignored_columns=sheet.ignored_columns,
        rows=tuple(rows),
    )
    return report, people


def _understand_all(
    rows: Iterable[Record], role: Role, zone: str | None
) -> tuple[list[RowReport], list[ImportedPerson]]:
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
            raise ImportRefused(f"more than {MAX_REMARKS:,} remarks up to here. Is this the right file?", row.line)
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
