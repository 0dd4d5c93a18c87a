"""Why two are matched, how either ranks the other, and what another pair would cost."""

from collections.abc import Sequence

import numpy as np

from services.matching.algorithm import score_parts
from services.matching.algorithm.alternatives import Alternatives, Other
from services.matching.algorithm.optimal import Optimal, Progress
from services.matching.algorithm.pairs import inside, points_of, rows_and_columns
from services.matching.algorithm.problem import Problem
from services.matching.algorithm.result import Alternative, Explanation, Reason

TOLD_EVERY = 20
"""Matches explained between two words of progress."""

Matched = Sequence[tuple[int, int]]


def explain(problem: Problem, matched: Matched, optimal: Optimal | None, progress: Progress) -> list[Explanation]:
    """Explain each pair, in order."""
    ranks = _ranks(problem, matched)
    others = Alternatives(problem, matched, problem.pairs, optimal).find()
    found = list[Explanation]()
    for pair, rank, other in zip(matched, ranks, others, strict=True):
        if len(found) % TOLD_EVERY == 0:
            progress(f"explained {len(found):,} of {len(matched):,} matches")
        found.append(_explained(problem, pair, rank, _told(problem, other, optimal) if other else None))
    return found


def _explained(
    problem: Problem, pair: tuple[int, int], rank: tuple[int, int], alternative: Alternative | None
) -> Explanation:
    scored = problem.scored
    parts = score_parts.parts(scored, *pair) if scored else []
    reasons = [Reason.of(part) for part in parts]
    prior = score_parts.prior(scored, *pair) if scored else 0.0
    return Explanation(
        coverage=score_parts.coverage(scored, *pair) if scored else None,
        prior=prior,
        reasons=tuple(reasons),
        checks=tuple(score_parts.checks(scored)) if scored else (),
        rank_of_mentor=rank[0],
        rank_of_mentee=rank[1],
        alternative=alternative,
    )


def _ranks(problem: Problem, matched: Matched) -> list[tuple[int, int]]:
    """Rank the mentor for the mentee, and the mentee for the mentor, among all who are allowed."""
    rows, columns = rows_and_columns(matched)
    mine, theirs = points_of(problem.seen_by_mentees, rows, columns), points_of(problem.seen_by_mentors, rows, columns)
    for_mentee, for_mentor = np.ones_like(rows), np.ones_like(rows)
    for block in problem.seen_by_mentees.blocks():
        here, _, known = inside(block, rows, columns)
        for_mentee[known] += (block.points[here] > mine[known, None]).sum(axis=1)
    for block in problem.seen_by_mentors.blocks():
        where = np.searchsorted(block.columns, columns)
        known = np.flatnonzero(np.isin(columns, block.columns))
        for_mentor[known] += (block.points[:, where[known]] > theirs[known]).sum(axis=0)
    return list(zip(for_mentee.tolist(), for_mentor.tolist(), strict=True))


def _told(problem: Problem, other: Other, optimal: Optimal | None) -> Alternative:
    """Tell of another mentor, in the unit of the scores that were given."""
    unit = problem.unit / problem.pairs.scale
    cost = None if other.lost is None else other.lost * unit
    return Alternative(
        mentor=problem.mentors[other.column].id,
        score=other.points * unit,
        cost=cost,
        is_exact=other.is_exact,
        words=_words(other, unit, cost, optimal),
    )


def _words(other: Other, unit: float, cost: float | None, optimal: Optimal | None) -> str:
    instead = f"{other.points * unit:.2f} instead of {other.own * unit:.2f}"
    if optimal is None:
        return f"{instead}, but this mentor prefers the mentees matched" if other.points > other.own else instead
    if cost is None:
        return f"{instead}, but fewer could be matched, or one of the others worse than anybody is now"
    about = "" if other.is_exact else "about "
    return f"{instead}, {'but it would cost' if cost > 0 else 'and would give'} the others {about}{abs(cost):.2f}"
