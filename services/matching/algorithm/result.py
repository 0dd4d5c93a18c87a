"""What a run gives: the matches, who has none and why, what is proved, and what it follows from."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict

from services.matching.algorithm.evidence import Values
from services.matching.algorithm.score_parts import Part

Strategy = Literal["optimal", "stable", "rolling", "group"]


class Reason(BaseModel):
    """One criterion's part in a score. Without data on both sides `value` is None and it contributes nothing.

    `evidence` is what it rests on in words, `code` and `values` are the same for whoever says it otherwise.
    """

    model_config = ConfigDict(frozen=True)

    criterion: str
    weight: float
    value: float | None
    contribution: float
    evidence: str
    code: str | None = None
    values: Values = {}

    @classmethod
    def of(cls, part: Part) -> Self:
        """Tell a part of a score."""
        says = part.evidence
        return cls(
            criterion=part.criterion,
            weight=part.weight,
            value=part.value,
            contribution=part.contribution,
            evidence=says.words if says else "",
            code=says.code if says else None,
            values=says.values if says else {},
        )


class Alternative(BaseModel):
    """The best other mentor for a mentee, and what it would cost the others if the mentee had this one.

    `cost` is None if as many people, or pairs, could not be matched then. Where it is not exact, the matching is not
    proved to be the best, or the cost is more than is looked up: it may be more then.
    """

    model_config = ConfigDict(frozen=True)

    mentor: str
    score: float
    cost: float | None
    is_exact: bool
    words: str


class Explanation(BaseModel):
    """Why two are matched.

    `coverage` is the share of the weights that both have data for. Ranks count from 1 among all who are allowed; None
    if the mentor was not asked for one.
    `checks` are the constraints that the pair satisfies.
    """

    model_config = ConfigDict(frozen=True)

    coverage: float | None
    prior: float
    reasons: tuple[Reason, ...]
    checks: tuple[str, ...]
    rank_of_mentor: int
    rank_of_mentee: int | None
    alternative: Alternative | None


class Match(BaseModel):
    """A mentee with a mentor. The score is in [0, 1], or in the unit of the scores that were given."""

    model_config = ConfigDict(frozen=True)

    mentee: str
    mentor: str
    score: float
    explanation: Explanation | None = None


class Unmatched(BaseModel):
    """Somebody without a match, and why: in words, and as a stable code with figures."""

    model_config = ConfigDict(frozen=True)

    id: str
    side: Literal["mentee", "mentor"]
    reason: str
    code: str
    figures: Mapping[str, int] = {}


class WhatIf(BaseModel):
    """What would change if a pair were matched, and all others then as well as can be.

    `mentees` are how many more people on that side would be matched, `size`, `worst` and `total` what the run would
    have more, or less below 0. They are None, as is the score, where the pair is forbidden: `code` is the constraint.
    """

    model_config = ConfigDict(frozen=True)

    mentee: str
    mentor: str
    score: float | None = None
    mentees: int | None = None
    size: int | None = None
    worst: float | None = None
    total: float | None = None
    code: str | None = None
    words: str


class Certificate(BaseModel):
    """What was proved over all pairs, none left out.

    No matching has more than `mentees_at_most` mentees with a mentor, not counting those who had somebody before;
    where mentors are counted, none has more than `mentors_at_most` with a mentee; and none has more than `size_at_most`
    pairs.
    `is_size_proved` says whether the matching has so many of all. With so many, `is_worst_proved` says whether none has
    a better worst match; of those that keep it, none has a total above `total_at_most`, as the objective counts.
    """

    model_config = ConfigDict(frozen=True)

    mentees_at_most: int
    mentors_at_most: int | None
    size_at_most: int
    is_size_proved: bool
    is_worst_proved: bool
    counted_total: float
    total_at_most: float


class GroupFigures(BaseModel):
    """A group of people on one side: how many are matched, and how well. Groups below five people are not shown."""

    model_config = ConfigDict(frozen=True)

    side: Literal["mentee", "mentor"]
    attribute: str
    group: str
    people: int
    matched: int
    match_rate: float
    mean_score: float | None


class Figures(BaseModel):
    """The whole run: spread of the scores, and how groups fare; `histogram` has ten equal steps up to `unit`."""

    model_config = ConfigDict(frozen=True)

    mentees: int
    mentors: int
    seats: int
    mean: float | None
    fifth_percentile: float | None
    unit: float
    histogram: tuple[int, ...]
    blocking_beyond_margin: int
    groups: tuple[GroupFigures, ...]


class Record(BaseModel):
    """What a result follows from: the same record gives the same result."""

    model_config = ConfigDict(frozen=True)

    input_hash: str
    strategy: Strategy
    version: str
    settings: Mapping[str, Any]
    seed: int


class Result(BaseModel):
    """A matching.

    `matched_mentees` and `matched_mentors` count people, `size` counts pairs; `worst` is the lowest score; `gap` is
    what the total may lack, relative.
    """

    model_config = ConfigDict(frozen=True)

    strategy: Strategy
    matched_mentees: int
    matched_mentors: int
    size: int
    total: float
    worst: float | None
    gap: float | None
    blocking_pairs: int
    matches: tuple[Match, ...]
    unmatched: tuple[Unmatched, ...]
    certificate: Certificate | None
    figures: Figures
    what_if: tuple[WhatIf, ...] = ()
    record: Record
