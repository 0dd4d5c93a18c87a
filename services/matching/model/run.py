"""A match run: one computation over a pool, its record, and its results in slices."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from services.matching.algorithm.result import Record
from services.matching.algorithm.scoring import SCALE
from services.matching.comparing import WEIGHTS
from services.matching.model.fit import Fit
from shared.contracts.event import Event
from shared.contracts.intake import Role
from shared.contracts.matching import MatchRunCompleted, MatchRunRequested, NoMatchFound
from shared.engine.aggregate import Aggregate
from shared.errors import Refusal
from shared.ids import ApplicationId, MatchId, MatchRunId, PersonId, ProgramId

T = TypeVar("T")

ROWS_PER_SLICE = 100
"""Matches that are proposed, or people who are told, in one transaction."""


class RunStatus(StrEnum):
    """How far a run has come."""

    REQUESTED = "requested"
    COMPLETED = "completed"
    FAILED = "failed"
    PUBLISHED = "published"
    DISCARDED = "discarded"


NEXT_STEPS = {
    RunStatus.REQUESTED: "The run is still being computed: wait until it is completed.",
    RunStatus.FAILED: "The run has failed: see its problem, then request another one.",
    RunStatus.PUBLISHED: "The run is published already: see its matches.",
    RunStatus.DISCARDED: "The run is discarded: request another one.",
}


class RunNotCompleted(Refusal):
    """Only what was computed can be published or discarded, and only once; `run_status` says what it is."""


class RunPair(BaseModel):
    """Two whom the run has matched. `match_id` is the id of their match once it is proposed.

    `outcome` is empty before the run is published, then `proposed`, or the code of what stood against it.
    """

    model_config = ConfigDict(extra="allow")

    mentor_application_id: ApplicationId
    mentee_application_id: ApplicationId
    fit: Fit
    match_id: MatchId = MatchId("")
    outcome: str = ""


class LeftOver(BaseModel):
    """Somebody whom the run has not matched, with a stable code and its figures."""

    model_config = ConfigDict(extra="allow")

    application_id: ApplicationId
    person_id: PersonId
    role: Role
    reason: str
    figures: dict[str, int] = Field(default_factory=dict)


class RunRecord(BaseModel):
    """What the result follows from: the same record gives the same result. `reference_date` is an ISO date."""

    model_config = ConfigDict(extra="allow")

    input_hash: str = ""
    reference_date: str = ""
    weights: dict[str, float] = Field(default_factory=dict)
    wished_gap_years: float = 0
    versions: dict[str, str] = Field(default_factory=dict)

    @classmethod
    def of(cls, record: Record) -> Self:
        """As it is stored."""
        program = record.settings["program"]
        return cls(
            input_hash=record.input_hash,
            reference_date=program["starts"],
            weights=WEIGHTS,
            wished_gap_years=program["wished_gap_years"],
            versions={"method": record.version, **record.settings["versions"]},
        )


class RunFigures(BaseModel):
    """What came of it: `size` of the `mentees` are matched, for the free `seats` of `mentors`.

    Those who stay out of long-term matching are not counted. `total` is the sum of the scores, in millionths.
    """

    model_config = ConfigDict(extra="allow")

    size: int = 0
    total: int = 0
    mentors: int = 0
    mentees: int = 0
    seats: int = 0


class RunResult(BaseModel):
    """All that a computation answers. It was proved before: no other matching has more pairs, or as many and more."""

    figures: RunFigures
    record: RunRecord
    pairs: tuple[RunPair, ...]
    left_over: tuple[LeftOver, ...]


class RunPairs(Aggregate, name="run_pairs"):
    """Some pairs of a run."""

    pairs: list[RunPair] = Field(default_factory=list)

    def fill(self, pairs: Sequence[RunPair], ids: Sequence[str]) -> None:
        """Keep pairs until the run is published; `ids` are for their matches."""
        self.pairs = [pair.model_copy(update={"match_id": id}) for pair, id in zip(pairs, ids, strict=True)]

    def mentors(self) -> list[ApplicationId]:
        """The mentor of each pair."""
        return [pair.mentor_application_id for pair in self.pairs]

    def mentees(self) -> list[ApplicationId]:
        """The mentee of each pair."""
        return [pair.mentee_application_id for pair in self.pairs]

    def matches(self) -> list[MatchId]:
        """The match of each pair."""
        return [pair.match_id for pair in self.pairs]


class RunLeftOvers(Aggregate, name="run_left_overs"):
    """Some of those whom a run has not matched."""

    left_over: list[LeftOver] = Field(default_factory=list)


class MatchRun(Aggregate, name="run"):
    """One computation over a program's pool. Of its slices, so many are `proposed` and so many are `told`."""

    indexes: ClassVar = (("program_id",),)

    program_id: ProgramId = ProgramId("")
    status: RunStatus = RunStatus.REQUESTED
    requested_at: datetime | None = None
    completed_at: datetime | None = None
    figures: RunFigures = RunFigures()
    record: RunRecord = RunRecord()
    problem: str = ""
    pair_slices: int = 0
    left_over_slices: int = 0
    proposed: int = 0
    told: int = 0

    def request(self, program_id: ProgramId, at: datetime) -> Event:
        """Ask for the computation."""
        self.program_id, self.requested_at = program_id, at
        return MatchRunRequested(run_id=self._id, program_id=program_id)

    def complete(self, result: RunResult, at: datetime) -> Event:
        """The computation is done, and its result is in slices."""
        self.status, self.completed_at = RunStatus.COMPLETED, at
        self.figures, self.record = result.figures, result.record
        self.pair_slices, self.left_over_slices = len(cut(result.pairs)), len(cut(result.left_over))
        return MatchRunCompleted(
            run_id=self._id,
            program_id=self.program_id,
            **result.figures.model_dump(include={"size", "mentors", "mentees", "seats"}),
            total_score=result.figures.total / SCALE,
            input_hash=result.record.input_hash,
        )

    def fail(self, problem: str, at: datetime) -> None:
        """The computation was given up; `problem` is a code."""
        self.status, self.problem, self.completed_at = RunStatus.FAILED, problem, at

    def publish(self) -> None:
        """Propose what it has found, slice by slice."""
        self._check_completed()
        self.status = RunStatus.PUBLISHED

    def discard(self) -> None:
        """Propose nothing of it."""
        self._check_completed()
        self.status = RunStatus.DISCARDED

    @property
    def next_to_propose(self) -> int | None:
        """The slice of pairs whose turn it is; None if there is nothing to propose, or no more."""
        is_due = self.status is RunStatus.PUBLISHED and self.proposed < self.pair_slices
        return self.proposed if is_due else None

    @property
    def next_to_tell(self) -> int | None:
        """The slice of people whose turn it is; None if all are told."""
        return self.told if self.told < self.left_over_slices else None

    def count_proposed(self) -> None:
        """A slice is proposed."""
        self.proposed += 1

    def tell(self, part: RunLeftOvers) -> list[Event]:
        """Say why nobody was found, to all of a slice."""
        self.told += 1
        return [
            NoMatchFound(
                run_id=self._id,
                program_id=self.program_id,
                person_id=one.person_id,
                application_id=one.application_id,
                reason=one.reason,
            )
            for one in part.left_over
        ]

    @property
    def _id(self) -> MatchRunId:
        return MatchRunId(self.id)

    def _check_completed(self) -> None:
        if self.status is not RunStatus.COMPLETED:
            raise RunNotCompleted(NEXT_STEPS[self.status], run_status=self.status)


def cut(rows: Sequence[T]) -> list[Sequence[T]]:
    """Rows in slices, in their order."""
    return [rows[start : start + ROWS_PER_SLICE] for start in range(0, len(rows), ROWS_PER_SLICE)]


def slice_id(run_id: str, number: int) -> str:
    """The id of a slice: slices are in the order of their numbers."""
    return f"{run_id}/{number:05}"


def slice_ids(run_id: str, rows: Sequence[BaseModel]) -> list[str]:
    """The ids of the slices into which rows are cut."""
    return [slice_id(run_id, number) for number in range(len(cut(rows)))]
