"""What is shown of match runs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from services.matching.algorithm.scoring import SCALE
from services.matching.model.run import LeftOver, MatchRun, RunPair, RunRecord, RunStatus
from services.matching.proposing import PROPOSED
from services.matching.solution import MOST_PAIRS, MOST_PEOPLE
from services.matching.words import why_unmatched
from shared.contracts.intake import Role

POOL_TOO_LARGE = "pool-too-large"


class Certificate(BaseModel):
    """What was proved over all pairs, by other means than those that found the result.

    No matching has more pairs, and none with as many has a higher total; `gap` is what the total may lack at most.
    """

    size: str = "maximum"
    total: str = "maximum"
    gap: float = 0


class RunView(BaseModel):
    """A run, with its record: the same record gives the same result.

    `size` of `mentees` are matched, for `seats` free seats of `mentors`; who stays out of long-term matching is not
    counted. `total` is the sum of the scores, each in [0, 1]. Of `pair_slices`, so many are `proposed`.
    """

    id: str
    version: int
    program_id: str
    status: RunStatus
    requested_at: datetime
    completed_at: datetime | None
    size: int
    total: float
    mentors: int
    mentees: int
    seats: int
    certificate: Certificate | None
    record: RunRecord | None
    pair_slices: int
    proposed: int
    problem: str | None = Field(description="Why it has failed")

    @classmethod
    def of(cls, run: MatchRun) -> Self:
        """As it is shown."""
        is_solved = bool(run.record.input_hash)
        kept = {"id", "program_id", "status", "requested_at", "completed_at", "pair_slices", "proposed"}
        return cls(
            **run.model_dump(include=kept),
            **run.figures.model_dump(include={"size", "mentors", "mentees", "seats"}),
            version=run.version,
            total=run.figures.total / SCALE,
            certificate=Certificate() if is_solved else None,
            record=run.record if is_solved else None,
            problem=why_failed(run.problem) if run.problem else None,
        )


class PairView(BaseModel):
    """Two whom a run has matched. `outcome` is null before the run is published.

    Then it is `proposed`, or the code of what stood against it by that time.
    """

    mentor_application_id: str
    mentee_application_id: str
    score: float
    coverage: float
    outcome: str | None
    match_id: str | None = Field(description="The match, once it is proposed")

    @classmethod
    def of(cls, pair: RunPair) -> Self:
        """As it is shown."""
        return cls(
            mentor_application_id=pair.mentor_application_id,
            mentee_application_id=pair.mentee_application_id,
            score=pair.fit.score,
            coverage=pair.fit.coverage,
            outcome=pair.outcome or None,
            match_id=pair.match_id if pair.outcome == PROPOSED else None,
        )


class LeftOverView(BaseModel):
    """Somebody whom a run has not matched, and why."""

    application_id: str
    person_id: str
    role: Role
    reason: str
    figures: Mapping[str, int]
    words: str

    @classmethod
    def of(cls, one: LeftOver) -> Self:
        """As it is shown."""
        kept = one.model_dump(include={"application_id", "person_id", "role", "reason", "figures"})
        return cls(**kept, words=why_unmatched(one.reason, one.figures))


def why_failed(problem: str) -> str:
    """A sentence on a run that has failed."""
    if problem == POOL_TOO_LARGE:
        return f"A run takes {MOST_PEOPLE:,} people and {MOST_PAIRS:,} possible pairs: split the program."
    return f"The computation was given up ({problem}): request another run."
