"""A match run: one computation over a pool, from the request until its result is proposed or dropped."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from services.matching.algorithm.scored_pairs import SCALE
from services.matching.runs.model.run_result import RunFigures, RunRecord, RunResult, RunUnmatched, cut
from services.matching.runs.model.run_settings import USUAL, RunSettings
from shared.contracts.event import Event
from shared.contracts.matching import MatchRunCompleted, MatchRunRequested, NoMatchFound
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import NotFound, Refusal
from shared.ids import MatchRunId, ProgramId


class RunStatus(StrEnum):
    """How far a run has come."""

    REQUESTED = "requested"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PUBLISHED = "published"
    DISCARDED = "discarded"


UNDER_WAY = {RunStatus.REQUESTED, RunStatus.RUNNING}

NEXT_STEPS = {
    RunStatus.REQUESTED: "The run is still to be computed: wait until it is completed, or cancel it.",
    RunStatus.RUNNING: "The run is still being computed: wait until it is completed, or cancel it.",
    RunStatus.FAILED: "The run has failed: see its problem, then request another one.",
    RunStatus.CANCELLED: "The run is cancelled: request another one.",
    RunStatus.PUBLISHED: "The run is published already: see its matches.",
    RunStatus.DISCARDED: "The run is discarded: request another one.",
}

TOO_LATE_TO_CANCEL = NEXT_STEPS | {RunStatus.COMPLETED: "The run is completed: discard it instead."}


class RunNotCompleted(Refusal):
    """Only what was computed can be published or discarded, and only once; `run_status` says what it is."""


class RunIsWhatIf(Refusal):
    """It was requested as a what-if only."""


class RunNotUnderWay(Refusal):
    """Only what is still to be computed can be cancelled; `run_status` says what it is."""


class RunProgress(BaseModel):
    """The latest of so many `steps` that a computation has reported, and when."""

    model_config = ConfigDict(frozen=True, extra="allow")

    step: str = ""
    steps: int = 0
    at: datetime | None = None


class MatchRun(Aggregate, name="run"):
    """One computation over a program's pool. Of its slices of pairs, so many are `proposed`.

    Of those of people without a match, so many are `announced`, and so many `left` to wait once it is published.
    """

    indexes: ClassVar = (("program_id",),)

    program_id: ProgramId = ProgramId("")
    settings: RunSettings = USUAL
    status: RunStatus = RunStatus.REQUESTED
    requested_at: datetime | None = None
    completed_at: datetime | None = None
    progress: RunProgress = RunProgress()
    figures: RunFigures = RunFigures()
    record: RunRecord = RunRecord()
    problem: str = ""
    pair_slices: int = 0
    unmatched_slices: int = 0
    proposed: int = 0
    announced: int = 0
    left: int = 0

    @property
    def is_under_way(self) -> bool:
        """Whether a result is still awaited."""
        return self.status in UNDER_WAY

    def request(self, program_id: ProgramId, settings: RunSettings, at: datetime) -> Event:
        """Ask for the computation."""
        self.program_id, self.settings, self.requested_at = program_id, settings, at
        return MatchRunRequested(
            run_id=self._id, program_id=program_id, strategy=settings.strategy, is_what_if=settings.what_if
        )

    def report_progress(self, step: str, steps: int, at: datetime) -> None:
        """Keep how far the computation is; a report that comes too late is ignored."""
        if self.is_under_way:
            self.status, self.progress = RunStatus.RUNNING, RunProgress(step=step, steps=steps, at=at)

    def complete(self, result: RunResult, at: datetime) -> Event:
        """Keep what the computation has found; of a what-if run, nothing is announced to people."""
        self.status, self.completed_at = RunStatus.COMPLETED, at
        self.figures, self.record = result.figures, result.record
        self.pair_slices, self.unmatched_slices = len(cut(result.pairs)), len(cut(result.unmatched))
        figures = result.figures
        return MatchRunCompleted(
            run_id=self._id,
            program_id=self.program_id,
            size=figures.matched,
            mentors=figures.mentors,
            mentees=figures.mentees,
            seats=figures.seats,
            total_score=figures.total / SCALE,
            input_hash=result.record.input_hash,
            strategy=self.settings.strategy,
            is_what_if=self.settings.what_if,
            worst_score=(figures.worst or 0) / SCALE,
            gap=figures.gap,
        )

    def fail(self, problem: str, at: datetime) -> None:
        """Note that the computation was given up; `problem` is a code. A cancelled run stays cancelled."""
        if self.is_under_way:
            self.status, self.problem, self.completed_at = RunStatus.FAILED, problem, at

    def cancel(self, at: datetime) -> None:
        """Cancel the computation; raises `RunNotUnderWay`."""
        if not self.is_under_way:
            raise RunNotUnderWay(TOO_LATE_TO_CANCEL[self.status], run_status=self.status)
        self.status, self.completed_at = RunStatus.CANCELLED, at

    def publish(self) -> None:
        """Publish it, so that its pairs are proposed; raises `RunNotCompleted`, `RunIsWhatIf`."""
        self._check_completed()
        if self.settings.what_if:
            raise RunIsWhatIf("The run only shows what would be: request one that is no what-if, and publish that.")
        self.status = RunStatus.PUBLISHED

    def discard(self) -> None:
        """Discard it, so that nothing is proposed; raises `RunNotCompleted`."""
        self._check_completed()
        self.status = RunStatus.DISCARDED

    @property
    def next_to_propose(self) -> int | None:
        """The slice of pairs whose turn it is; None if there is nothing to propose, or no more."""
        is_due = self.status is RunStatus.PUBLISHED and self.proposed < self.pair_slices
        return self.proposed if is_due else None

    @property
    def next_to_announce(self) -> int | None:
        """The slice of people whose turn it is; None if all are announced, or nobody is to be."""
        is_due = not self.settings.what_if and self.announced < self.unmatched_slices
        return self.announced if is_due else None

    @property
    def next_to_leave(self) -> int | None:
        """The slice of people whose turn it is to wait; None before it is published, and once all do."""
        is_due = self.status is RunStatus.PUBLISHED and self.left < self.unmatched_slices
        return self.left if is_due else None

    def check_comparable(self, other: "MatchRun") -> None:
        """Raises `NotFound` for a run of another program, `RunNotCompleted` without a result."""
        if self.program_id != other.program_id:
            raise NotFound.of(other.collection, other.id)
        for run in (self, other):
            if not run.record.input_hash:
                raise RunNotCompleted(NEXT_STEPS[run.status], run_status=run.status)

    def count_proposed(self) -> None:
        """Count a slice that is proposed."""
        self.proposed += 1

    def count_left(self) -> None:
        """Count a slice of people who wait."""
        self.left += 1

    def announce(self, part: RunUnmatched) -> list[Event]:
        """Announce that a slice of people has no match, and why."""
        self.announced += 1
        return [
            NoMatchFound(
                run_id=self._id,
                program_id=self.program_id,
                person_id=one.person_id,
                application_id=one.application_id,
                reason=one.reason,
            )
            for one in part.people
        ]

    @property
    def _id(self) -> MatchRunId:
        return MatchRunId(self.id)

    def _check_completed(self) -> None:
        if self.status is not RunStatus.COMPLETED:
            raise RunNotCompleted(NEXT_STEPS[self.status], run_status=self.status)
