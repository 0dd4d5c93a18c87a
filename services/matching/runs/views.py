"""What is shown of match runs."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, Field

from services.matching.algorithm.scored_pairs import SCALE
from services.matching.runs.model.run import MatchRun, RunProgress, RunStatus
from services.matching.runs.model.run_result import RunFigures, RunGroup, RunRecord
from services.matching.runs.model.run_settings import RunObjective, RunSettings, RunStrategy
from services.matching.runs.task import MOST_PAIRS, MOST_PEOPLE
from shared.contracts.intake import Role

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
    both rather have each other. `matched_mentors` have a mentee.
    """

    size: int
    matched: int
    matched_mentors: int
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
        kept = {"size", "matched", "matched_mentors", "gap", "blocking_pairs", "mentors", "mentees", "seats"}
        return cls(
            **figures.model_dump(include=kept),
            match_rate=round(figures.matched / figures.mentees, 4) if figures.mentees else None,
            total=figures.total / SCALE,
            worst=_score(figures.worst),
            fifth_percentile=_score(figures.fifth_percentile),
        )


class GroupView(BaseModel):
    """A group of five people or more on one side, `matched` of whom have somebody; smaller ones are not told."""

    role: Role
    attribute: str
    group: str
    people: int
    matched: int
    match_rate: float
    mean_score: float | None

    @classmethod
    def of(cls, group: RunGroup) -> Self:
        """Show it."""
        return cls(**group.model_dump(include={*cls.model_fields}), match_rate=round(group.matched / group.people, 4))


class ReasonCount(BaseModel):
    """How many of a role have nobody for the same reason."""

    role: Role
    reason: str
    people: int


class RunView(FiguresView):
    """A run, with its settings and its record: the same of both give the same result.

    `progress` is the latest report of a computation that is under way. Of `pair_slices`, so many are `proposed`.
    `histogram` counts the scores in ten equal steps from 0 to 1; it is empty for runs of earlier versions.
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
    histogram: list[int]
    fairness: list[GroupView] = Field(description="How groups fare: by region, language and experience")
    unmatched: list[ReasonCount] = Field(description="How many have nobody, by role and reason")
    pair_slices: int
    proposed: int
    problem: str | None = Field(description="Why it has failed")
    problem_code: str | None = Field(description="The same as a stable code")

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
            histogram=list(run.figures.histogram),
            fairness=[GroupView.of(group) for group in run.figures.groups],
            unmatched=[
                ReasonCount(**one.model_dump(include={"role", "reason", "people"})) for one in run.figures.reasons
            ],
            problem=why_failed(run.problem) if run.problem else None,
            problem_code=run.problem or None,
        )


def why_failed(problem: str) -> str:
    """Explain in a sentence why a run has failed."""
    return PROBLEMS.get(problem, f"The computation was given up ({problem}): request another run.")


def _score(points: int | None) -> float | None:
    return None if points is None else points / SCALE
