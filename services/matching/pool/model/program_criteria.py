"""What is compared between the people of a program, in its own words; the matching library computes the scores."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from services.matching.algorithm import score_parts
from services.matching.algorithm.evidence import Evidence
from services.matching.algorithm.pairs import points_of, rows_and_columns
from services.matching.algorithm.problem import Problem
from services.matching.algorithm.program import Constraints, Objective, Program, Question

WEIGHTS = {"areas": 20.0, "programming_languages": 15.0, "goals": 25.0, "experience": 10.0, "zone": 15.0}
"""Of each criterion, in the order in which reasons are given."""
OBJECTIVE = Objective()
"""First the most pairs, then the worst of them, then all together."""
WISHED_GAP_YEARS = 5.0
"""How much more experience than the mentee a mentor should have; a larger gap is as good."""
ANSWERS = ("areas", "programming_languages")
"""Criteria that are questions of the program's own form to the library."""
CRITERIA = {"experience": "seniority"}
"""Criteria for which the library has another name than programs."""


class Reason(NamedTuple):
    """One criterion's part in a score, and what it rests on. `value` is in [0, 1], to four places."""

    criterion: str
    value: float
    weight: float
    contribution: float
    evidence: Evidence


class Score(NamedTuple):
    """The score of an allowed pair in millionths, and why.

    `coverage` is the share of the weights that both sides have data for; other criteria give no reason. `languages` are
    those in common: none when a side did not state any, which is worth asking.
    """

    points: int
    coverage: float
    languages: tuple[str, ...]
    reasons: tuple[Reason, ...]


def compared_on(
    day: date,
    weights: Mapping[str, float] = WEIGHTS,
    objective: Objective = OBJECTIVE,
    minimum_score: float = 0,
) -> Program:
    """Say how people are compared, with clocks as they stand on that day; what has no weight does not count."""
    counting = {CRITERIA.get(name, name): weight for name, weight in weights.items() if name not in ANSWERS}
    return Program(
        weights=counting,
        questions=tuple(Question(name=name, kind="overlap", weight=weights.get(name, 0)) for name in ANSWERS),
        objective=objective,
        constraints=Constraints(minimum_score=minimum_score),
        starts=day,
        wished_gap_years=WISHED_GAP_YEARS,
    )


def scores(problem: Problem, pairs: Sequence[tuple[int, int]]) -> list[Score]:
    """Score pairs, each given by the indexes of its mentee and its mentor; forbidden ones have negative points."""
    rows, columns = rows_and_columns(pairs)
    points = points_of(problem.pairs, rows, columns).tolist()
    return [_score(problem, *pair, worth) for pair, worth in zip(pairs, points, strict=True)]


def _score(problem: Problem, row: int, column: int, points: int) -> Score:
    assert problem.scored is not None
    return Score(
        points=points,
        coverage=score_parts.coverage(problem.scored, row, column),
        languages=tuple(sorted({*problem.mentees[row].languages} & {*problem.mentors[column].languages})),
        reasons=_reasons(problem, row, column),
    )


def _reasons(problem: Problem, row: int, column: int) -> tuple[Reason, ...]:
    assert problem.scored is not None
    found = {part.criterion: part for part in score_parts.parts(problem.scored, row, column)}
    weights = weights_of(problem.pool.program)
    return tuple(
        Reason(name, round(part.value, 4), weights[name], round(part.contribution, 6), part.evidence)
        for name in WEIGHTS
        if (part := found.get(CRITERIA.get(name, name))) and part.value is not None and part.evidence is not None
    )


def weights_of(program: Program) -> dict[str, float]:
    """Look up how much each criterion counts, by the program's own words."""
    asked = {question.name: question.weight for question in program.questions}
    return {name: asked.get(name, program.weights.get(CRITERIA.get(name, name), 0)) for name in WEIGHTS}
