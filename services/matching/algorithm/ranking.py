"""Self-service: the best mentors with room for one mentee, each with the score and the reasons."""

from collections.abc import Mapping

import numpy as np

from services.matching.algorithm.pairs import FORBIDDEN
from services.matching.algorithm.problem import Problem
from services.matching.algorithm.result import Explanation, Match, Reason


def best_mentors(problem: Problem, mentee: str, count: int, taken: Mapping[str, int]) -> list[Match]:
    """The best first; among equals the hash of the ids decides.

    `taken` counts the seats that mentors have given away. Raises KeyError if the mentee does not take part.
    """
    rows = {one.id: at for at, one in enumerate(problem.mentees)}
    row = rows[mentee]
    block = problem.seen_by_mentees.block(np.array([row]))
    points = block.points[0].astype(np.int64)
    full = [taken.get(problem.mentors[one].id, 0) >= problem.mentors[one].capacity for one in block.columns.tolist()]
    points[full] = FORBIDDEN
    best = [at for at in np.argsort(-points, kind="stable")[:count].tolist() if points[at] != FORBIDDEN]
    unit = problem.unit / problem.pairs.scale
    return [
        Match(
            mentee=mentee,
            mentor=problem.mentors[int(block.columns[at])].id,
            score=round(int(points[at]) * unit, 9),
            explanation=explained(problem, row, int(block.columns[at]), rank),
        )
        for rank, at in enumerate(best, start=1)
    ]


def explained(problem: Problem, row: int, column: int, rank: int) -> Explanation | None:
    """The reasons for a pair that is ranked by the mentee alone; None if nobody was compared."""
    scored = problem.scored
    if scored is None:
        return None
    return Explanation(
        coverage=scored.coverage(row, column),
        prior=scored.prior(row, column),
        reasons=tuple(Reason(**vars(part)) for part in scored.parts(row, column)),
        checks=tuple(scored.checks()),
        rank_of_mentor=rank,
        rank_of_mentee=None,
        alternative=None,
    )
