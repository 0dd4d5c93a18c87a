"""The most people matched, in the most pairs; then the best worst match; then the highest total: each with its proof.

Solve among the few best pairs, recover what seats are worth, look for pairs that were left out wrongly wherever there
may be any, take these up and solve again, until there are none: then nothing better exists.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.algorithm.certificate import Bounds, Proof, bound
from services.matching.algorithm.counts import Capacities, Counts
from services.matching.algorithm.flow import Cut, Goal, Limit, cheapest, highest, largest
from services.matching.algorithm.objective import worth
from services.matching.algorithm.pairs import Numbers, Pairs
from services.matching.algorithm.prices import Prices, recover
from services.matching.algorithm.program import Objective
from services.matching.algorithm.pruning import Edges, Pruned, PruningLimits, prune, union

Progress = Callable[[str], None]
"""Hears what has been done. What it raises ends the run."""


class Effort(NamedTuple):
    """When it is enough: at a relative gap of the total, if counts and worst are proved, or after so many looks.

    What is kept to begin with changes the time that it takes, never what is proved.
    """

    gap: float = 0.0
    looks: int = 30
    keep: PruningLimits = PruningLimits(16, 8)


EXACT = Effort()


class Optimal(NamedTuple):
    """A matching with its proof: `edges` that are `used`, among all that were considered."""

    edges: Edges
    used: NDArray[np.bool_]
    proof: Proof
    bounds: Bounds
    counts: Counts
    total: int
    looks: int

    @property
    def size(self) -> int:
        """How many pairs there are."""
        return self.counts.pairs

    @property
    def matched(self) -> Edges:
        """The pairs."""
        return self.edges.where(self.used)

    @property
    def gap(self) -> float:
        """What the total may lack at most of the best total, relative to that."""
        return (self.bounds.total - self.total) / self.bounds.total if self.bounds.total else 0.0

    @property
    def is_size_proved(self) -> bool:
        """Whether no more people can be matched, and no more pairs."""
        limits = zip(self.proof.most, self.bounds.most, strict=True)
        return all(most == self.counts.of(limit.counted) for limit, most in limits)

    @property
    def is_worst_proved(self) -> bool:
        """Whether the worst cannot be better without matching fewer."""
        limits = zip(self.proof.worst, self.bounds.worst, strict=True)
        return all(most < self.counts.of(limit.counted) for limit, most in limits)


def solve(pairs: Pairs, objective: Objective, effort: Effort = EXACT, progress: Progress = lambda _: None) -> Optimal:
    """Find the best matching of all pairs, exactly unless the effort says that less is enough."""
    known = prune(pairs, effort.keep)
    progress(f"{len(known.edges.rows):,} of {len(pairs.wanted) * len(pairs.seats):,} pairs are likely")
    looks = 0
    claim = _claim(known, pairs, objective)
    while True:
        found = _best_among(known, claim, pairs, objective)
        looks += 1
        progress(
            f"look {looks}: {found.size:,} matched, gap {found.gap:.4%}, {len(found.bounds.missed.rows):,} pairs to add"
        )
        is_enough = found.is_size_proved and found.is_worst_proved and found.gap <= effort.gap
        if is_enough or not found.bounds.missed.rows.size or looks == effort.looks:
            return found._replace(looks=looks)
        known = known._replace(edges=union([known.edges, found.bounds.missed]))
        if not (found.is_size_proved and found.is_worst_proved):
            claim = _claim(known, pairs, objective)


class _Claim(NamedTuple):
    """The counts and the floors of the best matching of some edges: once proved for all pairs, more change nothing."""

    most: tuple[Limit, ...]
    worst: tuple[Limit, ...]
    floors: Numbers


def _claim(known: Pruned, pairs: Pairs, objective: Objective) -> _Claim:
    capacities = Capacities.of(pairs, objective.count_mentors)
    goals, most = list[Goal](), list[Limit]()
    for counted in capacities.counted:
        wanted, seats = capacities.limited_to(counted)
        size, cut = largest(known.edges, wanted, seats)
        goals.append(Goal(counted, wanted, seats, size))
        most.append(Limit(np.zeros_like(wanted), cut, counted))
    floors, worst = _floors(known, [goal for goal in goals if goal.size], objective)
    return _Claim(tuple(most), tuple(worst), floors)


def _best_among(known: Pruned, claim: _Claim, pairs: Pairs, objective: Objective) -> Optimal:
    edges, capacities = known.edges, Capacities.of(pairs, objective.count_mentors)
    reaching = edges.points >= claim.floors[edges.rows]
    eligible = edges.where(reaching)
    counted = worth(eligible.points.astype(np.int64), objective.total, pairs.scale)
    used = cheapest(eligible, counted, capacities)
    prices = recover(eligible, counted, used, capacities) if used.any() else _free(pairs)
    proof = Proof(claim.most, claim.worst, claim.floors, prices, objective.total)
    rows = eligible.rows[used]
    counts = capacities.counts(rows, eligible.columns[used])
    everywhere = np.zeros(len(edges.rows), dtype=bool)
    everywhere[np.flatnonzero(reaching)[used]] = True
    total = int(counted[used].sum())
    return Optimal(edges, everywhere, proof, bound(pairs, proof, counts, known), counts, total, 0)


def _free(pairs: Pairs) -> Prices:
    return Prices(np.zeros_like(pairs.wanted), np.zeros_like(pairs.seats), 0)


def _floors(known: Pruned, goals: Sequence[Goal], objective: Objective) -> tuple[Numbers, list[Limit]]:
    """Find the least points that the pair of each mentee must have, and why they cannot be higher."""
    edges, best = known.edges, known.best
    if objective.worst == "any" or not goals:
        return np.zeros_like(best), []
    lowest, limit = _lowest(known, goals)
    if objective.worst == "all":
        return np.full_like(best, lowest), [limit]

    def floors(level: int) -> Numbers:
        return np.maximum(lowest, np.minimum(best, level))

    level, limits = int(best.max()), [limit]
    left = edges.where(edges.points >= lowest)
    reach = np.where(left.points >= best[left.rows], level, left.points.astype(np.int64))
    for goal in goals:
        level, cut = highest(left, reach, goal, level)
        limits = [limit, Limit(floors(level + 1), cut, goal.counted)] if cut else limits
    return floors(level), limits


def _lowest(known: Pruned, goals: Sequence[Goal]) -> tuple[int, Limit]:
    """Find the highest level that all pairs can have with all goals reached, and why there is no higher one.

    No level above the best of as many as a goal counts is possible, whoever they are.
    """
    edges, best = known.edges, known.best
    tops = [int(np.sort(np.repeat(best, goal.wanted))[-goal.size]) for goal in goals]
    level, first = min(zip(tops, goals, strict=True), key=lambda one: one[0])
    cut = Cut(best <= level, np.zeros(len(first.seats), dtype=bool))
    limit = Limit(np.full_like(best, level + 1), cut, first.counted)
    for goal in goals:
        level, why = highest(edges, edges.points.astype(np.int64), goal, level)
        limit = Limit(np.full_like(best, level + 1), why, goal.counted) if why else limit
    return level, limit
