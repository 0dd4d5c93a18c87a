"""Files of people for the tests, and what was made of them."""

import csv
import io
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from services.intake.importing.imported_person import ImportedPerson
from services.intake.importing.report import ImportReport, read_people
from shared.contracts.intake import Role
from shared.vocabulary.cells import export_cell
from shared.vocabulary.findings import Kind, Remark

HEADER = "name,email"
ANN = "Ann,ann@example.org"
BOB = "Bob,bob@example.org"


def file(*lines: str, encoding: str = "utf-8") -> bytes:
    """The lines as the bytes of a file."""
    return "".join(f"{line}\n" for line in lines).encode(encoding)


def export(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file whose cells no spreadsheet runs."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows([export_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def read_one(role: Role = Role.MENTOR, **cells: str) -> tuple[ImportedPerson | None, list[Remark]]:
    """One person who has a name and an address, and states these cells."""
    stated = {"name": "Ann", "email": "ann@example.org"} | cells
    report, people = read_people(export(tuple(stated), [tuple(stated.values())]), role)
    return next(iter(people), None), list(report.rows[0].remarks)


def person(**cells: str) -> ImportedPerson:
    """The person in an accepted row."""
    found, remarks = read_one(Role.MENTOR, **cells)
    assert found, remarks
    return found


def remarks_on(column: str, **cells: str) -> list[tuple[Kind, str | None]]:
    """Kind and result of the remarks on one column."""
    return [(remark.kind, remark.made) for remark in read_one(Role.MENTOR, **cells)[1] if remark.column == column]


@cache
def sample(role: Role) -> tuple[ImportReport, dict[str, ImportedPerson]]:
    """The people of the sample community by name."""
    content = (files("deploy.tour") / "sample" / "tech-community" / f"{role}s.csv").read_bytes()
    report, people = read_people(content, role)
    return report, {person.name: person for person in people}
