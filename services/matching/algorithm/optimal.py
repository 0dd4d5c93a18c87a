"""The most people matched; then the worst match as good as can be; then the highest total: each with its proof.

Solve among the few best pairs, recover what seats are worth, look for pairs that were left out wrongly wherever there
may be any, take these up and solve again, until there are none: then nothing better exists.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.algorithm.certificate import Bounds, Proof, bound
from services.matching.algorithm.flow import Cut, Limit, cheapest, highest, largest
from services.matching.algorithm.objective import worth
from services.matching.algorithm.pairs import Numbers, Pairs
from services.matching.algorithm.prices import Prices, recover
from services.matching.algorithm.program import Objective
from services.matching.algorithm.pruning import Edges, Pruned, PruningLimits, prune, union

Progress = Callable[[str], None]
"""Hears what has been done. What it raises ends the run."""


class Effort(NamedTuple):
    """When it is enough: at a relative gap of the total, if size and worst are proved, or after so many looks.

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
    size: int
    total: int
    looks: int

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
        """Whether no more can be matched."""
        return self.bounds.sizes[0] == self.size

    @property
    def is_worst_proved(self) -> bool:
        """Whether the worst cannot be better without matching fewer."""
        return all(most < self.size for most in self.bounds.sizes[1:])


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
    """The size and the floors of the best matching of some edges: once proved for all pairs, more change nothing."""

    size: int
    floors: Numbers
    limits: tuple[Limit, ...]


def _claim(known: Pruned, pairs: Pairs, objective: Objective) -> _Claim:
    size, cut = largest(known.edges, pairs.wanted, pairs.seats)
    floors, limits = _floors(known, size, pairs, objective)
    return _Claim(size, floors, (Limit(np.zeros_like(floors), cut), *limits))


def _best_among(known: Pruned, claim: _Claim, pairs: Pairs, objective: Objective) -> Optimal:
    edges, (size, floors, limits) = known.edges, claim
    wanted, seats = pairs.wanted, pairs.seats
    reaching = edges.points >= floors[edges.rows]
    eligible = edges.where(reaching)
    counted = worth(eligible.points.astype(np.int64), objective.total, pairs.scale)
    used = cheapest(eligible, counted, wanted, seats)
    prices = recover(eligible, counted, used, wanted, seats) if size else _free(pairs)
    proof = Proof(limits, floors, prices, objective.total)
    bounds = bound(pairs, proof, size, known)
    everywhere = np.zeros(len(edges.rows), dtype=bool)
    everywhere[np.flatnonzero(reaching)[used]] = True
    return Optimal(edges, everywhere, proof, bounds, size, int(counted[used].sum()), 0)


def _free(pairs: Pairs) -> Prices:
    return Prices(np.zeros_like(pairs.wanted), np.zeros_like(pairs.seats), 0)


def _floors(known: Pruned, size: int, pairs: Pairs, objective: Objective) -> tuple[Numbers, list[Limit]]:
    """Find the least points that the pair of each mentee must have, and why they cannot be higher."""
    edges, best, wanted, seats = known.edges, known.best, pairs.wanted, pairs.seats
    if objective.worst == "any" or not size:
        return np.zeros_like(best), []
    most = int(np.sort(np.repeat(best, wanted))[-size])
    lowest, cut = highest(edges, edges.points.astype(np.int64), size, pairs, most)
    too_few = Cut(best <= most, np.zeros(len(seats), dtype=bool))
    limits = [Limit(np.full_like(best, lowest + 1), cut or too_few)]
    if objective.worst == "all":
        return np.full_like(best, lowest), limits

    def floors(level: int) -> Numbers:
        return np.maximum(lowest, np.minimum(best, level))

    top = int(best.max())
    left = edges.where(edges.points >= lowest)
    reach = np.where(left.points >= best[left.rows], top, left.points.astype(np.int64))
    level, cut = highest(left, reach, size, pairs, top)
    return floors(level), limits + [Limit(floors(level + 1), one) for one in [cut] if one]
