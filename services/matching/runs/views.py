"""What is shown of match runs."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, Field

from services.matching.algorithm.scored_pairs import SCALE
from services.matching.proposals.model.explanations import why_unmatched
from services.matching.proposals.next_mentor import PROPOSED
from services.matching.runs.model.run import MatchRun, RunProgress, RunStatus
from services.matching.runs.model.run_result import RunFigures, RunPair, RunRecord, UnmatchedPerson
from services.matching.runs.model.run_settings import RunObjective, RunSettings, RunStrategy
from services.matching.runs.task import MOST_PAIRS, MOST_PEOPLE
from shared.contracts.intake import Role
from shared.web.names import Named

PROBLEMS = {
    "pool-too-large": f"A run takes {MOST_PEOPLE:,} people and {MOST_PAIRS:,} possible pairs: split the program.",
    "time-limit": "The computation was not done within its time limit: request a run with a higher one, or split the "
    "program.",
    "SolverEnded": "The process that computes has ended every time, perhaps for lack of memory: split the program.",
    "not-proved": "The result was not proved, so that it is not shown: request a run with another objective.",
}
"""Why a run has failed, by code."""


class Certificate(BaseModel):
    """What was proved over all pairs, by other means than those that found the result.

    No matching gives a mentor to more mentees who had none; if `mentors` is there, none has more mentors with a mentee;
    none of these has more pairs; if `worst` is there, none of these has a better worst one; and of these none has a
    higher total. If there are mentees with priority, no more of them can be matched, and the worst is that of others.
    """

    mentees: Literal["maximum"] = "maximum"
    mentors: Literal["maximum"] | None
    size: Literal["maximum"] = "maximum"
    priority: Literal["maximum"] | None
    worst: Literal["maximum"] | None
    total: Literal["maximum"] = "maximum"

    @classmethod
    def of(cls, run: MatchRun) -> Self | None:
        """Show it; None for a strategy that promises something else, or before there is a result."""
        if not run.record.input_hash or run.settings.strategy != "optimal":
            return None
        figures, has_floor = run.figures, run.settings.objective.worst != "any"
        is_first_proved = bool(run.record.first) and figures.first == figures.first_at_most
        return cls(
            mentors="maximum" if run.settings.objective.count_mentors else None,
            priority="maximum" if is_first_proved else None,
            worst="maximum" if has_floor else None,
        )


class FiguresView(BaseModel):
    """What came of a run: `size` pairs, for `seats` free seats of `mentors`.

    Of the `mentees`, `matched` have a mentor, which is the `match_rate`; who stays out of long-term matching is not
    counted. `total` is the sum of the scores, each in [0, 1]; `worst` is the lowest, and `fifth_percentile` the one
    that five in a hundred do not reach. `gap` is what the total may lack, as a share of it. `blocking_pairs` would
    both rather have each other.
    """

    size: int
    matched: int
    match_rate: float | None
    total: float
    worst: float | None
    fifth_percentile: float | None
    gap: float
    blocking_pairs: int | None
    mentors: int
    mentees: int
    seats: int

    @classmethod
    def of(cls, figures: RunFigures) -> Self:
        """Show them."""
        kept = {"size", "matched", "gap", "blocking_pairs", "mentors", "mentees", "seats"}
        return cls(
            **figures.model_dump(include=kept),
            match_rate=round(figures.matched / figures.mentees, 4) if figures.mentees else None,
            total=figures.total / SCALE,
            worst=_score(figures.worst),
            fifth_percentile=_score(figures.fifth_percentile),
        )


class RunView(FiguresView):
    """A run, with its settings and its record: the same of both give the same result.

    `progress` is the latest report of a computation that is under way. Of `pair_slices`, so many are `proposed`.
    """

    id: str
    version: int
    program_id: str
    status: RunStatus
    strategy: RunStrategy
    weights: dict[str, float]
    objective: RunObjective
    minimum_score: float
    what_if: bool
    time_limit: int
    requested_at: datetime
    completed_at: datetime | None
    progress: RunProgress | None
    certificate: Certificate | None
    record: RunRecord | None
    pair_slices: int
    proposed: int
    problem: str | None = Field(description="Why it has failed")

    @classmethod
    def shown(cls, run: MatchRun) -> Self:
        """Show it."""
        kept = {"id", "program_id", "status", "requested_at", "completed_at", "pair_slices", "proposed"}
        return cls(
            **run.model_dump(include=kept),
            **run.settings.model_dump(include={*RunSettings.model_fields}),
            **dict(FiguresView.of(run.figures)),
            version=run.version,
            progress=run.progress if run.is_under_way and run.progress.steps else None,
            certificate=Certificate.of(run),
            record=run.record if run.record.input_hash else None,
            problem=why_failed(run.problem) if run.problem else None,
        )


class PairView(Named):
    """Two whom a run has matched; `pinned` if it had to. `outcome` is null before the run is published.

    Then it is `proposed`, or the code of what stood against it by that time.
    """

    mentor_application_id: str
    mentee_application_id: str
    mentor_id: str | None = Field(description="The person; null if they are not known here any more")
    mentee_id: str | None = Field(description="As above")
    score: float
    coverage: float
    pinned: bool
    outcome: str | None
    match_id: str | None = Field(description="The match, once it is proposed")

    @classmethod
    def of(cls, pair: RunPair, people: Mapping[str, str]) -> Self:
        """Show it; `people` are the people by their applications."""
        return cls(
            mentor_application_id=pair.mentor_application_id,
            mentee_application_id=pair.mentee_application_id,
            mentor_id=people.get(pair.mentor_application_id),
            mentee_id=people.get(pair.mentee_application_id),
            score=pair.fit.score,
            coverage=pair.fit.coverage,
            pinned=pair.is_pinned,
            outcome=pair.outcome or None,
            match_id=pair.match_id if pair.outcome == PROPOSED else None,
        )

    def people(self) -> Iterable[str]:
        """The two, as far as they are known."""
        return (id for id in (self.mentor_id, self.mentee_id) if id)


class UnmatchedView(Named):
    """Somebody whom a run has not matched, and why."""

    application_id: str
    person_id: str
    role: Role
    reason: str
    figures: Mapping[str, int]
    words: str

    @classmethod
    def of(cls, one: UnmatchedPerson) -> Self:
        """Show it."""
        kept = one.model_dump(include={"application_id", "person_id", "role", "reason", "figures"})
        return cls(**kept, words=why_unmatched(one.reason, one.figures))

    def people(self) -> Iterable[str]:
        """Who it is."""
        return (self.person_id,)


def why_failed(problem: str) -> str:
    """Explain in a sentence why a run has failed."""
    return PROBLEMS.get(problem, f"The computation was given up ({problem}): request another run.")


def _score(points: int | None) -> float | None:
    return None if points is None else points / SCALE
