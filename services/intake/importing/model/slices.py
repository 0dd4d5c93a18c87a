"""The rows of an import, in slices: each is enrolled in one transaction, and then forgotten."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from services.intake.applications.model.slot import ParticipantSlot
from services.intake.importing.model.enrollment import Enrollment, Outcome, Result, Row, Terms
from services.intake.people.model import EmailAddress
from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate, Timer
from shared.errors import Refusal

ROWS_PER_SLICE = 50
"""Rows enrolled in one transaction; other work gets its turn between two slices."""


class SliceStatus(StrEnum):
    """Whether a slice still has its rows."""

    EMPTY = "empty"
    WAITING = "waiting"
    DONE = "done"
    EXPIRED = "expired"


class SliceStored(Refusal):
    """A slice is handed in once only."""


class RepeatedEmail(Refusal):
    """An address stands twice in a slice; `line` is that of the second one."""


class StoredRow(Row):
    """A row that waits, with ids for the person and the application that it may create."""

    person_id: str
    application_id: str


class ImportSlice(Aggregate, name="import_slice"):
    """Some rows of an import. They are personal data, deleted once they are enrolled or expire."""

    status: SliceStatus = SliceStatus.EMPTY
    rows: tuple[StoredRow, ...] = ()
    refused: tuple[int, ...] = ()
    results: tuple[Result, ...] = ()

    @staticmethod
    def key(import_id: str, number: int) -> str:
        """The id of a slice: slices are in the order of their numbers."""
        return f"{import_id}/{number:05}"

    def fill(self, rows: Sequence[Row], refused: Sequence[int], ids: Iterable[str]) -> None:
        """Keep rows until their turn comes. `refused` are lines that cannot be imported; `ids` has two for each row."""
        if self.status is not SliceStatus.EMPTY:
            raise SliceStored(f"Slice {self.id} has been stored already: continue with the next one.")
        _check_emails(rows)
        self.status, self.refused = SliceStatus.WAITING, tuple(refused)
        some = iter(ids)
        self.rows = tuple(StoredRow(**dict(row), person_id=next(some), application_id=next(some)) for row in rows)

    @property
    def is_waiting(self) -> bool:
        """Whether its rows wait for their turn."""
        return self.status is SliceStatus.WAITING

    def email_keys(self) -> list[str]:
        """The addresses of its rows."""
        return [EmailAddress.key(row.email) for row in self.rows]

    def person_ids(self, addresses: Sequence[EmailAddress]) -> list[str]:
        """The person who has the address of each row, or is going to."""
        return [address.person_id or row.person_id for row, address in zip(self.rows, addresses, strict=True)]

    def application_ids(self, slots: Sequence[ParticipantSlot]) -> list[str]:
        """The latest application in the slot of each row, or the one to create."""
        return [slot.application_id or row.application_id for row, slot in zip(self.rows, slots, strict=True)]

    def enroll(self, enrollments: Sequence[Enrollment], terms: Terms, at: datetime) -> list[Event]:
        """Apply every row, and keep the results instead of the rows."""
        events: list[Event] = []
        results = [Result(line=line, outcome=Outcome.REFUSED) for line in self.refused]
        for row, found in zip(self.rows, enrollments, strict=True):
            outcome, caused = found.apply(row, terms, at)
            person_id, application_id = found.person.id, found.application.id
            results.append(Result(line=row.line, outcome=outcome, person_id=person_id, application_id=application_id))
            events += caused
        self.results = tuple(sorted(results, key=lambda result: result.line))
        self.rows, self.refused, self.status = (), (), SliceStatus.DONE
        return events

    def expire(self) -> None:
        """Delete rows whose turn has not come in time."""
        if self.is_waiting:
            self.rows, self.refused, self.status = (), (), SliceStatus.EXPIRED


def _check_emails(rows: Sequence[Row]) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        first = seen.setdefault(EmailAddress.key(row.email), row.line)
        if first != row.line:
            raise RepeatedEmail(f"Line {row.line} has the e-mail address of line {first}: keep one.", line=row.line)


class EnrollSlice(Timer):
    """Enroll the next slice."""

    import_id: str
    number: int

    @property
    def slice_id(self) -> str:
        """The id of the slice."""
        return ImportSlice.key(self.import_id, self.number)


class ExpireSlice(Timer):
    """Delete rows that have waited too long."""

    slice_id: str
