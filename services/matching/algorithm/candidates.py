"""Self-service: the best mentors with room for one mentee, each with the score and the reasons."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from services.matching.algorithm import score_parts
from services.matching.algorithm.pairs import FORBIDDEN
from services.matching.algorithm.people import Person
from services.matching.algorithm.problem import Problem
from services.matching.algorithm.result import Explanation, Match, Reason


class Option(NamedTuple):
    """A mentor whom a mentee may have: the index among the mentors, and the points."""

    column: int
    points: int


def best_mentors(problem: Problem, mentee: str, count: int, taken: Mapping[str, int]) -> list[Match]:
    """List the best mentors with room for a mentee; among equals the hash of the ids decides.

    `taken` counts the seats that mentors have given away. Raises KeyError if the mentee does not take part.
    """
    row = {one.id: at for at, one in enumerate(problem.mentees)}[mentee]
    free = with_room(problem, row, taken)
    unit = problem.unit / problem.pairs.scale
    return [
        Match(
            mentee=mentee,
            mentor=problem.mentors[one.column].id,
            score=round(one.points * unit, 9),
            explanation=explained(problem, row, one.column, rank),
        )
        for rank, one in enumerate(free[:count], start=1)
    ]


def with_room(problem: Problem, row: int, taken: Mapping[str, int]) -> list[Option]:
    """List the mentors whom a mentee may have and who have a seat left, the best first."""
    return [one for one in possible(problem, row) if has_room(problem.mentors[one.column], taken)]


def has_room(mentor: Person, taken: Mapping[str, int]) -> bool:
    """Whether a mentor has a seat that is not given away."""
    return taken.get(mentor.id, 0) < mentor.capacity


def possible(problem: Problem, row: int) -> list[Option]:
    """List all mentors whom a mentee may have, the best first; among equals the hash of the ids decides."""
    block = problem.seen_by_mentees.block(np.array([row]))
    columns, points = block.columns.tolist(), block.points[0].tolist()
    order = np.argsort(-block.points[0].astype(np.int64), kind="stable").tolist()
    return [Option(columns[at], points[at]) for at in order if points[at] != FORBIDDEN]


def explained(problem: Problem, row: int, column: int, rank: int) -> Explanation | None:
    """Explain a pair that is ranked by the mentee alone; None if people were not compared."""
    scored = problem.scored
    if scored is None:
        return None
    return Explanation(
        coverage=score_parts.coverage(scored, row, column),
        prior=score_parts.prior(scored, row, column),
        reasons=tuple(Reason.of(part) for part in score_parts.parts(scored, row, column)),
        checks=tuple(score_parts.checks(scored)),
        rank_of_mentor=rank,
        rank_of_mentee=None,
        alternative=None,
    )
