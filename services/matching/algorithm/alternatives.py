"""The best mentor whom a mentee does not get, and what it would cost the others if they did."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from services.matching.algorithm.costs import Costs
from services.matching.algorithm.objective import worth
from services.matching.algorithm.optimal import Optimal
from services.matching.algorithm.pairs import FORBIDDEN, Indexes, Pairs, inside, rows_and_columns
from services.matching.algorithm.problem import Problem

AT_ONCE = 256
"""Mentees whose other mentors are looked at together."""


class Other(NamedTuple):
    """A mentor whom a mentee could have instead of their own: the index, and the points of both.

    The others would lose `lost` points as the objective counts: None if as many could not be matched then, or if that
    is not known. If it is not exact, it may be more.
    """

    column: int
    points: int
    own: int
    lost: int | None
    is_exact: bool


class Alternatives:
    """The best other mentor of every mentee in a matching; with its proof come the prices.

    Without one the matching was not proved, and nothing has a price. `pairs` are those it was proved for.
    """

    def __init__(
        self, problem: Problem, matched: Sequence[tuple[int, int]], pairs: Pairs, optimal: Optimal | None
    ) -> None:
        self.problem, self.matched, self.pairs, self.optimal = problem, matched, pairs, optimal
        self.proved = {*optimal.matched.index_pairs()} if optimal else set[tuple[int, int]]()
        self.is_exact = bool(optimal and not optimal.bounds.missed.rows.size)
        self.costs = Costs(pairs, optimal) if optimal and optimal.size else None

    def find(self, least_gain: int | None = None) -> Iterator[Other | None]:
        """Find the best other mentor for each pair, in order; None if nobody else is allowed.

        A price is looked up where the mentee would gain so many points, at every pair if None.
        """
        for start in range(0, len(self.matched), AT_ONCE):
            some = self.matched[start : start + AT_ONCE]
            for pair, (column, points, own) in zip(some, self._best_others(some), strict=True):
                if column < 0:
                    yield None
                    continue
                is_priced = least_gain is None or points - own >= least_gain
                lost, is_exact = self._lost(pair, column) if is_priced else (None, False)
                yield Other(column, points, own, lost, is_exact)

    def _best_others(self, some: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
        """The best mentor of each of some mentees, who has another one: the column, the points, the own points."""
        rows = np.unique(np.array([row for row, _ in some], dtype=np.int64))
        block = self.problem.seen_by_mentees.block(rows)
        own_points, points = block.points, block.points.copy()
        here, there, _ = inside(block, *self._matched)
        points[here, there] = FORBIDDEN
        best = points.argmax(axis=1) if points.shape[1] else np.zeros(len(rows), dtype=np.int64)
        for row, column in some:
            at = int(np.searchsorted(rows, row))
            value = int(points[at, best[at]]) if points.shape[1] else FORBIDDEN
            own = int(own_points[at, np.searchsorted(block.columns, column)]) if points.shape[1] else 0
            yield (int(block.columns[best[at]]) if value >= 0 else -1), value, own

    @property
    def _matched(self) -> tuple[Indexes, Indexes]:
        return rows_and_columns(self.matched)

    def _lost(self, pair: tuple[int, int], column: int) -> tuple[int | None, bool]:
        """Compute what the others would lose if a mentee had this mentor instead, and whether it is exact."""
        if self.optimal is None or self.costs is None or pair not in self.proved:
            return None, False
        lost, is_exact = self.costs.of(column, pair[0])
        if lost is None:
            return None, is_exact and self.is_exact
        block = self.pairs.block(np.array(pair[:1]))
        own = block.points[0, np.searchsorted(block.columns, pair[1])]
        return lost - int(worth(own[None], self.optimal.proof.total, self.pairs.scale)[0]), is_exact and self.is_exact
