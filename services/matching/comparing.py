"""What is compared between the people of a program, in its own words; the matching library computes how two fit."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from services.matching.algorithm.pairs import points_of
from services.matching.algorithm.problem import Problem
from services.matching.algorithm.program import Objective, Program, Question

WEIGHTS = {"areas": 20.0, "programming_languages": 15.0, "goals": 25.0, "experience": 10.0, "zone": 15.0}
"""Of each criterion, in the order in which reasons are given."""
WISHED_GAP_YEARS = 5.0
"""How much more experience than the mentee a mentor should have; a larger gap is as good."""
ANSWERS = ("areas", "programming_languages")
"""Criteria that are questions of the program's own form to the library."""


class Reason(NamedTuple):
    """One criterion's part in a score, and what it rests on. `value` is in [0, 1], to four places."""

    criterion: str
    value: float
    weight: float
    contribution: float
    evidence: str


class Score(NamedTuple):
    """The score of an allowed pair in millionths, and why.

    `coverage` is the share of the weights that both sides have data for; other criteria give no reason. `languages` are
    those in common: none when a side did not state any, which is worth asking.
    """

    points: int
    coverage: float
    languages: tuple[str, ...]
    reasons: tuple[Reason, ...]


def compared_on(day: date) -> Program:
    """How people are compared, with the clocks as they stand on that day: first the most pairs, then the best total."""
    return Program(
        weights={"goals": WEIGHTS["goals"], "seniority": WEIGHTS["experience"], "zone": WEIGHTS["zone"]},
        questions=tuple(Question(name=name, kind="overlap", weight=WEIGHTS[name]) for name in ANSWERS),
        objective=Objective(worst="any", total="plain"),
        starts=day,
        wished_gap_years=WISHED_GAP_YEARS,
    )


def scores(problem: Problem, pairs: Sequence[tuple[int, int]]) -> list[Score]:
    """The scores of pairs, each a place among the mentees and one among the mentors; without points if forbidden."""
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    points = points_of(problem.pairs, rows, columns).tolist()
    return [_score(problem, *pair, worth) for pair, worth in zip(pairs, points, strict=True)]


def _score(problem: Problem, row: int, column: int, points: int) -> Score:
    assert problem.scored is not None
    return Score(
        points=points,
        coverage=problem.scored.coverage(row, column),
        languages=tuple(sorted({*problem.mentees[row].languages} & {*problem.mentors[column].languages})),
        reasons=_reasons(problem, row, column),
    )


def _reasons(problem: Problem, row: int, column: int) -> tuple[Reason, ...]:
    assert problem.scored is not None
    found = {_name(part.criterion): part for part in problem.scored.parts(row, column)}
    return tuple(
        Reason(name, round(part.value, 4), weight, round(part.contribution, 6), part.evidence)
        for name, weight in WEIGHTS.items()
        if (part := found[name]).value is not None
    )


def _name(criterion: str) -> str:
    """What a program calls a criterion of the library."""
    return "experience" if criterion == "seniority" else criterion
