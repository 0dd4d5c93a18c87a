"""How well a mentee and a mentor fit: one whole number, the same on any machine and in any order, with its reasons."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from services.matching.candidate import Candidate
from services.matching.criteria import CONSTRAINTS, Block, Criterion, Evidence, ScoringSettings, criteria

Scores = NDArray[np.int32]
"""Scores in millionths, a row per mentee and a column per mentor; `FORBIDDEN` where a constraint says no."""

SCALE = 1_000_000
FORBIDDEN = -1
PRIOR = 0.5
"""The score of a pair that nothing is known about."""
TRUSTED_COVERAGE = 0.5
"""The share of the weights from which a score stands for itself; with less data it shrinks towards the prior."""
PAIRS_AT_ONCE = 1 << 20
"""Bounds the memory that scoring needs beside its result to about 100 MB."""


class Reason(BaseModel):
    """One criterion's part in a score. Without data on both sides `value` is None and it contributes nothing."""

    model_config = ConfigDict(frozen=True)

    criterion: str
    weight: float
    value: float | None = None
    contribution: float = 0
    evidence: Evidence = {}


class Score(BaseModel):
    """The score of an allowed pair in millionths, and why.

    `coverage` is the share of the weights that both sides have data for. The contributions and the part of the `prior`
    add up to the score. `languages` are those in common: none when a side did not state any, which is worth asking.
    """

    model_config = ConfigDict(frozen=True)

    points: int
    coverage: float
    prior: float
    languages: tuple[str, ...]
    reasons: tuple[Reason, ...]


def score_pairs(mentees: Sequence[Candidate], mentors: Sequence[Candidate], settings: ScoringSettings) -> Scores:
    """The scores of all pairs."""
    scores = np.empty((len(mentees), len(mentors)), dtype=np.int32)
    rows = max(1, PAIRS_AT_ONCE // max(1, len(mentors)))
    for start in range(0, len(mentees), rows):
        some = mentees[start : start + rows]
        scores[start : start + rows] = _score_block(some, mentors, settings)
    return scores


def explain(mentee: Candidate, mentor: Candidate, settings: ScoringSettings) -> Score:
    """The score of one pair that no constraint forbids, as `score_pairs` gives it, with its reasons."""
    compared = _compare([mentee], [mentor], settings)
    weighed = _weigh(compared)
    covered, divisor = weighed.covered.item(), weighed.divisor.item()

    def reason(criterion: Criterion, weight: float, value: float) -> Reason:
        if np.isnan(value):
            return Reason(criterion=criterion.code, weight=weight)
        part, evidence = weight * value / divisor, criterion.evidence(mentee, mentor)
        return Reason(criterion=criterion.code, weight=weight, value=value, contribution=part, evidence=evidence)

    return Score(
        points=weighed.points().item(),
        coverage=covered / _total_weight(compared),
        prior=PRIOR * (divisor - covered) / divisor,
        languages=tuple(sorted({*mentee.languages} & {*mentor.languages})),
        reasons=tuple(reason(criterion, weight, values.item()) for criterion, weight, values in compared),
    )


def _score_block(mentees: Sequence[Candidate], mentors: Sequence[Candidate], settings: ScoringSettings) -> Scores:
    scores = _weigh(_compare(mentees, mentors, settings)).points()
    for are_allowed in CONSTRAINTS.values():
        scores[~are_allowed(mentees, mentors)] = FORBIDDEN
    return scores


Compared = list[tuple[Criterion, float, Block]]
"""Each criterion that counts, with its weight and its values."""


def _compare(mentees: Sequence[Candidate], mentors: Sequence[Candidate], settings: ScoringSettings) -> Compared:
    weighted = [(criterion, settings.weights.get(criterion.code, 0)) for criterion in criteria(settings)]
    return [(criterion, weight, criterion.values(mentees, mentors)) for criterion, weight in weighted if weight]


class _Weighed(NamedTuple):
    """Sums over the criteria with data on both sides: of their weights times values, and of their weights.

    The sum is divided by the weights that there is data for. Where these are fewer than can be trusted, the divisor is
    what could be, and the prior fills the gap.
    """

    weighted: Block
    covered: Block
    divisor: Block

    def points(self) -> Scores:
        score = (self.weighted + PRIOR * (self.divisor - self.covered)) / self.divisor
        return np.rint(score * SCALE).astype(np.int32)


def _weigh(compared: Compared) -> _Weighed:
    weighted, covered = np.zeros((2, *compared[0][2].shape))
    for _, weight, values in compared:
        stated = ~np.isnan(values)
        covered += weight * stated
        weighted += weight * np.where(stated, values, 0)
    return _Weighed(weighted, covered, np.maximum(covered, TRUSTED_COVERAGE * _total_weight(compared)))


def _total_weight(compared: Compared) -> float:
    return sum(weight for _, weight, _ in compared)
