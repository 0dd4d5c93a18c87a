"""Why two are matched, how either ranks the other, and what another pair would cost."""

from collections.abc import Sequence

import numpy as np

from services.matching.algorithm import score_parts
from services.matching.algorithm.costs import Costs
from services.matching.algorithm.objective import worth
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
    alternatives = _Alternatives(problem, matched, optimal)
    found = list[Explanation]()
    for pair, rank in zip(matched, ranks, strict=True):
        if len(found) % TOLD_EVERY == 0:
            progress(f"explained {len(found):,} of {len(matched):,} matches")
        found.append(_explained(problem, pair, rank, alternatives.of(*pair)))
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


class _Alternatives:
    """The best other mentor of each mentee, with what it would cost the others by the prices of the matching."""

    def __init__(self, problem: Problem, matched: Matched, optimal: Optimal | None) -> None:
        self.problem, self.optimal = problem, optimal
        self.has = set(matched)
        self.unit = problem.unit / problem.pairs.scale
        self.is_exact = bool(optimal and not optimal.bounds.missed.rows.size)
        self.costs = Costs(problem.pairs, optimal) if optimal and optimal.size else None

    def of(self, row: int, column: int) -> Alternative | None:
        """Find the best mentor whom the mentee does not have; None if nobody else is allowed."""
        block = self.problem.seen_by_mentees.block(np.array([row]))
        others = [at for at, one in enumerate(block.columns.tolist()) if (row, one) not in self.has]
        points = block.points[0, others]
        if not points.size or points.max() < 0:
            return None
        best = others[int(points.argmax())]
        mentor, value = int(block.columns[best]), int(block.points[0, best])
        own = int(block.points[0, np.searchsorted(block.columns, column)])
        cost, is_exact = self._cost(row, mentor, own)
        return Alternative(
            mentor=self.problem.mentors[mentor].id,
            score=value * self.unit,
            cost=cost,
            is_exact=is_exact,
            words=self._words(value, own, cost, is_exact),
        )

    def _cost(self, row: int, column: int, own: int) -> tuple[float | None, bool]:
        """Compute what the others would lose if the mentee had this mentor instead, and whether it is exact."""
        if self.optimal is None or self.costs is None:
            return None, False
        lost, is_exact = self.costs.of(column, row)
        counted = int(worth(np.array([own]), self.optimal.proof.total, self.problem.pairs.scale)[0])
        return None if lost is None else (lost - counted) * self.unit, is_exact and self.is_exact

    def _words(self, value: int, own: int, cost: float | None, is_exact: bool) -> str:
        instead = f"{value * self.unit:.2f} instead of {own * self.unit:.2f}"
        if self.optimal is None:
            return f"{instead}, but this mentor prefers the mentees matched" if value > own else instead
        if cost is None:
            return f"{instead}, but fewer could be matched, or one of the others worse than anybody is now"
        about = "" if is_exact else "about "
        return f"{instead}, {'but it would cost' if cost > 0 else 'and would give'} the others {about}{abs(cost):.2f}"
