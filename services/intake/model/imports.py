"""Many people at once: an import works through its slices at a steady pace, each with all that its rows bring about.

A dry run does the same on copies that are thrown away.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from services.intake.model.application import (
    Application,
    ApplicationStatus,
    MatchingProfile,
    ParticipantSlot,
    Participation,
)
from services.intake.model.person import EmailAddress, Person
from shared.contracts.event import Event
from shared.contracts.intake import Role
from shared.engine.aggregate import Aggregate
from shared.errors import Refusal

ROWS_PER_SLICE = 50
"""Rows that are handled in one transaction; others get their turn between two slices."""


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class ImportStatus(StrEnum):
    """How far an import has come."""

    UNSTARTED = "unstarted"
    RUNNING = "running"
    COMPLETED = "completed"
    STOPPED = "stopped"


class SliceStatus(StrEnum):
    """Whether a slice still has its rows."""

    EMPTY = "empty"
    WAITING = "waiting"
    DONE = "done"
    EXPIRED = "expired"


class AlreadyStarted(Refusal):
    """An import starts once."""


class SliceStored(Refusal):
    """A slice is sent once."""


class RepeatedEmail(Refusal):
    """The same address is twice in a slice. `line` is the second one."""


class Terms(BaseModel):
    """What holds for all rows. `locale` and `time_zone` are for new people who state none."""

    model_config = ConfigDict(frozen=True)

    program_id: str = ""
    role: Role = Role.MENTEE
    approve: bool = False
    locale: str = "en"
    time_zone: str = "UTC"


class Row(BaseModel):
    """One person of a file. `line` is where the row begins."""

    model_config = ConfigDict(frozen=True)

    line: int
    name: str
    email: str
    time_zone: str | None = None
    profile: MatchingProfile = MatchingProfile()


class StoredRow(Row):
    """A row that waits, with the ids of the person and the application that it may bring about."""

    person_id: str
    application_id: str


class Result(BaseModel):
    """What became of the row on a line."""

    model_config = ConfigDict(frozen=True)

    line: int
    outcome: Outcome
    person_id: str | None = None
    application_id: str | None = None


@dataclass(slots=True)
class Enrollment:
    """All that one row is about: aggregates that exist, or blank ones."""

    address: EmailAddress
    person: Person
    slot: ParticipantSlot
    application: Application

    def take(self, row: Row, terms: Terms, by: str, at: datetime) -> tuple[Outcome, list[Event]]:
        """Create or update what the row says. Who withdrew or left stays so: an import does not undo that."""
        if self.application.has_ended:
            return Outcome.UNCHANGED, []
        is_new = self.application.status is ApplicationStatus.DRAFT
        before = self.person.model_copy(), self.application.model_copy()
        self._take_person(row, terms)
        events = self._submit(row, terms, by, at) if is_new else self.application.revise(row.profile)
        if terms.approve and self.application.status is ApplicationStatus.SUBMITTED:
            events += self.application.approve(at)
        if is_new:
            return Outcome.CREATED, events
        is_same = before == (self.person, self.application)
        return Outcome.UNCHANGED if is_same else Outcome.UPDATED, events

    def _take_person(self, row: Row, terms: Terms) -> None:
        self.address.claim(self.person.id)
        if self.person.is_new:
            self.person.introduce(row.name, row.email, terms.locale, row.time_zone or terms.time_zone)
        else:
            self.person.correct(row.name, row.time_zone)

    def _submit(self, row: Row, terms: Terms, by: str, at: datetime) -> list[Event]:
        wanted = Participation(program_id=terms.program_id, person_id=self.person.id, role=terms.role)
        return self.application.submit(wanted, row.profile, self.slot, by, at)


class ImportSlice(Aggregate, name="import_slice"):
    """Some rows of an import. They are personal data, and go as soon as they are enrolled, or expire."""

    status: SliceStatus = SliceStatus.EMPTY
    rows: tuple[StoredRow, ...] = ()
    refused: tuple[int, ...] = ()
    results: tuple[Result, ...] = ()

    @staticmethod
    def key(import_id: str, number: int) -> str:
        """The id of a slice: slices are in the order of their numbers."""
        return f"{import_id}/{number:05}"

    def fill(self, rows: Sequence[Row], refused: Sequence[int], ids: Iterable[str]) -> None:
        """Keep rows until their turn comes. `refused` are lines that cannot be taken; `ids` has two for each row."""
        if self.status is not SliceStatus.EMPTY:
            raise SliceStored(f"Slice {self.id} has been stored before: go on with the next one.")
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
        """Who has the address of each row, or who will have it."""
        taken = {address.id: address.person_id for address in addresses}
        return [taken.get(EmailAddress.key(row.email)) or row.person_id for row in self.rows]

    def slot_ids(self, terms: Terms, addresses: Sequence[EmailAddress]) -> list[str]:
        """The place of each person."""
        return [ParticipantSlot.key(terms.program_id, id, terms.role) for id in self.person_ids(addresses)]

    def application_ids(
        self, terms: Terms, addresses: Sequence[EmailAddress], slots: Sequence[ParticipantSlot]
    ) -> list[str]:
        """The latest application for each place, or the one to be made."""
        latest = {slot.id: slot.application_id for slot in slots}
        places = zip(self.rows, self.slot_ids(terms, addresses), strict=True)
        return [latest.get(id) or row.application_id for row, id in places]

    def enroll(self, enrollments: Sequence[Enrollment], terms: Terms, by: str, at: datetime) -> list[Event]:
        """Do what every row says, and keep the results instead of the rows."""
        events: list[Event] = []
        results = [Result(line=line, outcome=Outcome.REFUSED) for line in self.refused]
        for row, found in zip(self.rows, enrollments, strict=True):
            outcome, caused = found.take(row, terms, by, at)
            person_id, application_id = found.person.id, found.application.id
            results.append(Result(line=row.line, outcome=outcome, person_id=person_id, application_id=application_id))
            events += caused
        self.results = tuple(sorted(results, key=lambda result: result.line))
        self.rows, self.refused, self.status = (), (), SliceStatus.DONE
        return events

    def expire(self) -> None:
        """Forget rows whose turn has not come in time."""
        if self.is_waiting:
            self.rows, self.refused, self.status = (), (), SliceStatus.EXPIRED


class Import(Aggregate, name="import"):
    """A file of people on its way in: `done` of its `slices` are enrolled, with so many rows of each outcome."""

    indexes: ClassVar = (("terms.program_id",),)

    terms: Terms = Terms()
    status: ImportStatus = ImportStatus.UNSTARTED
    slices: int = 0
    done: int = 0
    totals: dict[Outcome, int] = Field(default_factory=dict)
    started_at: datetime | None = None
    ended_at: datetime | None = None
    problem: str | None = None

    def start(self, terms: Terms, slices: int, at: datetime) -> None:
        """Begin with the first of the slices, which are all stored."""
        if self.status is not ImportStatus.UNSTARTED:
            raise AlreadyStarted(f"The import is {self.status} already: see how far it has come.")
        self.terms, self.slices, self.started_at = terms, slices, at
        self.status = ImportStatus.RUNNING

    def is_next(self, number: int) -> bool:
        """Whether it is the turn of this slice."""
        return self.status is ImportStatus.RUNNING and number == self.done

    def advance(self, results: Sequence[Result], at: datetime) -> None:
        """Count a slice that was enrolled; the last one completes the import."""
        self.done += 1
        self.totals = dict(Counter(self.totals) + Counter(result.outcome for result in results))
        if self.done == self.slices:
            self.status, self.ended_at = ImportStatus.COMPLETED, at

    def stop(self, problem: str, at: datetime) -> None:
        """End before the last slice. What was enrolled stays."""
        self.status, self.problem, self.ended_at = ImportStatus.STOPPED, problem, at


def _check_emails(rows: Sequence[Row]) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        first = seen.setdefault(EmailAddress.key(row.email), row.line)
        if first != row.line:
            raise RepeatedEmail(f"Line {row.line} has the e-mail address of line {first}: keep one.", line=row.line)
