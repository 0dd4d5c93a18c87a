"""An import: a file of people on its way in, slice by slice."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from services.intake.importing.model.enrollment import Outcome, Result, Terms
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal


class ImportStatus(StrEnum):
    """How far an import has come."""

    UNSTARTED = "unstarted"
    RUNNING = "running"
    COMPLETED = "completed"
    STOPPED = "stopped"


class AlreadyStarted(Refusal):
    """An import starts once only."""


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
        """Start with the first slice, once all are stored."""
        if self.status is not ImportStatus.UNSTARTED:
            raise AlreadyStarted(f"The import is {self.status} already: see how far it has come.")
        self.terms, self.slices, self.started_at = terms, slices, at
        self.status = ImportStatus.RUNNING

    def is_next(self, number: int) -> bool:
        """Whether this slice is next."""
        return self.status is ImportStatus.RUNNING and number == self.done

    def complete_slice(self, results: Sequence[Result], at: datetime) -> None:
        """Count a slice that was enrolled; the last one completes the import."""
        self.done += 1
        self.totals = dict(Counter(self.totals) + Counter(result.outcome for result in results))
        if self.done == self.slices:
            self.status, self.ended_at = ImportStatus.COMPLETED, at

    def stop(self, problem: str, at: datetime) -> None:
        """Stop before the last slice; whoever was enrolled stays."""
        self.status, self.problem, self.ended_at = ImportStatus.STOPPED, problem, at
