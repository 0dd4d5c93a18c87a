"""How far a matching is from the best there is, over all pairs, none of them left out.

Weak duality: for any prices of seats and any bases, no matching with the same counts has a total above `Bounds.total`;
for any cut, no more people or pairs can be matched than it lets through. So a wrong price or cut gives a weak bound,
never a false one.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.algorithm.counts import Capacities, Counts
from services.matching.algorithm.flow import Limit
from services.matching.algorithm.objective import Total, worth
from services.matching.algorithm.pairs import FAR, FORBIDDEN, Block, Indexes, Numbers, Pairs
from services.matching.algorithm.prices import Flags, Prices, shares
from services.matching.algorithm.pruning import Edges, Pruned, best_of_rows, union, without

ADDED_PER_MENTEE = 10
"""Pairs of a mentee that are taken up at once, after they were left out wrongly."""
LOOKED_AT_ONCE = 1 << 22
"""Pairs."""
SMALL = 1 << 29
"""Numbers up to here can be added and subtracted in 32 bits."""


class Proof(NamedTuple):
    """What is to be shown of a matching, and its total among those whose pairs reach the `floors`.

    `most` are limits of what is counted, with any pairs; `worst` are limits that are too low for that above the floors.
    """

    most: tuple[Limit, ...]
    worst: tuple[Limit, ...]
    floors: Numbers
    prices: Prices
    total: Total

    def capacities(self, pairs: Pairs) -> Capacities:
        """How many partners everybody may have, and who is counted."""
        return Capacities.of(pairs, any(limit.counted == "mentors" for limit in self.most))


class Bounds(NamedTuple):
    """What no matching exceeds: a number for each limit; and the total, of those of its counts that reach the floors.

    `missed` are pairs that were left out, and for which the bounds are not closer.
    """

    most: tuple[int, ...]
    worst: tuple[int, ...]
    total: int
    missed: Edges


def bound(pairs: Pairs, proof: Proof, counts: Counts, known: Pruned) -> Bounds:
    """Compute the bounds for matchings with these counts.

    Most mentees have no pair that was left out and could matter, since none of these exceeds a number that is known:
    the bounds follow from the pairs that are known. Of all others every pair is looked at.
    """
    capacities, prices, limits = proof.capacities(pairs), proof.prices, (*proof.most, *proof.worst)
    doubtful = _doubtful(proof, known, pairs.scale)
    sure = known.edges.where(~doubtful[known.edges.rows])
    sizes = [limit.bound(capacities) + int(limit.crossing(sure).sum()) for limit in limits]
    total = int(shares(prices.prices, capacities.seats, capacities.idle, prices.mentor_base).sum()) - based(
        prices, counts
    )
    of_mentees = shares(prices.gains, capacities.wanted, capacities.alone, prices.mentee_base)
    total += int(of_mentees[~doubtful].sum()) + _excess(sure, proof, pairs.scale)
    missed = list[Edges]()
    for block in _blocks(pairs, known.order[doubtful[known.order]]):
        across = [_across(block, limit) for limit in limits]
        sizes = [so_far + more for so_far, (more, _) in zip(sizes, across, strict=True)]
        gained, tempting = _gained(block, proof, pairs.scale, capacities)
        total += gained
        missed += [tempting, *(edges for _, edges in across)]
    most = len(proof.most)
    return Bounds(tuple(sizes[:most]), tuple(sizes[most:]), total, without(union(missed), known.edges))


def based(prices: Prices, counts: Counts) -> int:
    """Sum up what all matchings with these counts have by the bases alone."""
    return prices.base * counts.pairs + prices.mentee_base * counts.mentees + prices.mentor_base * counts.mentors


def _doubtful(proof: Proof, known: Pruned, scale: int) -> Flags:
    """Mentees who may have a pair that was left out and gains them more, or leads across a cut."""
    prices = proof.prices
    most = worth(known.left, proof.total, scale) + prices.base - prices.prices.min(initial=FAR)
    found: Flags = (known.left >= np.maximum(proof.floors, 0)) & (most > prices.gains)
    for limit in (*proof.most, *proof.worst):
        found |= limit.cut.mentees & (known.left >= np.maximum(limit.floors, 0))
    return found


def _excess(edges: Edges, proof: Proof, scale: int) -> int:
    """Sum up what pairs that reach the floors gain beyond the gains of their mentees."""
    reaching = edges.where(edges.points >= proof.floors[edges.rows])
    counted = worth(reaching.points.astype(np.int64), proof.total, scale)
    gains = counted + proof.prices.base - proof.prices.prices[reaching.columns]
    return int(np.maximum(gains - proof.prices.gains[reaching.rows], 0).sum())


def _blocks(pairs: Pairs, mentees: Indexes) -> Iterator[Block]:
    """Look up all pairs of some mentees."""
    at_once = max(1, LOOKED_AT_ONCE // max(1, len(pairs.seats)))
    for start in range(0, len(mentees), at_once):
        block = pairs.block(mentees[start : start + at_once])
        if block.columns.size:
            yield block


def _across(block: Block, limit: Limit) -> tuple[int, Edges]:
    """Count the pairs across that reach the floors, and list the best of them."""
    rows, columns = np.flatnonzero(limit.cut.mentees[block.rows]), np.flatnonzero(~limit.cut.mentors[block.columns])
    some = Block(block.rows[rows], block.columns[columns], block.points[np.ix_(rows, columns)])
    allowed = some.points >= np.maximum(limit.floors[some.rows], 0)[:, None]
    return int(allowed.sum()), _best(some, allowed, some.points)


def _gained(block: Block, proof: Proof, scale: int, capacities: Capacities) -> tuple[int, Edges]:
    """Bound what mentees can gain at these prices, and list the best pairs that gain them more than is known."""
    known = proof.prices.gains[block.rows, None]
    extra = proof.prices.mentee_base * capacities.alone[block.rows]
    none = -FAR if extra.any() else np.int64(FORBIDDEN)
    gains = _gains(block, proof, scale, none)
    rows = np.flatnonzero(gains.max(axis=1) > known[:, 0])
    some = Block(block.rows[rows], block.columns, block.points[rows])
    tempting = _best(some, gains[rows] > known[rows], gains[rows] - known[rows])
    return _largest(gains, capacities.wanted[block.rows], extra), tempting


def _gains(block: Block, proof: Proof, scale: int, none: np.int64) -> NDArray[Any]:
    """Compute what each mentee would gain with each mentor at these prices, and `none` where there is no such pair."""
    prices = proof.prices.prices[block.columns] - proof.prices.base
    is_small = none == FORBIDDEN and max(int(np.abs(prices).max(initial=0)), int(block.points.max(initial=0))) < SMALL
    counted = worth(block.points, proof.total, scale)
    gains: NDArray[Any] = counted - prices.astype(np.int32 if is_small else np.int64)
    np.copyto(gains, none, where=block.points < np.maximum(proof.floors[block.rows], 0)[:, None].astype(np.int32))
    return gains


def _largest(gains: NDArray[Any], wanted: Numbers, extra: Numbers) -> int:
    """Sum up the largest gains of each row, as many as are wanted, none below 0; the first has something extra."""
    most = int(wanted.max(initial=0))
    if most <= 1:
        return int(np.maximum(gains.max(axis=1) + extra, 0)[wanted > 0].sum(dtype=np.int64))
    most = min(most, gains.shape[1])
    best = np.sort(gains, axis=1)[:, : -most - 1 : -1].astype(np.int64)
    best[:, 0] += extra
    return int((np.maximum(best, 0) * (np.arange(most) < wanted[:, None])).sum())


def _best(block: Block, chosen: NDArray[np.bool_], ranked: NDArray[Any]) -> Edges:
    """List the best of the chosen pairs of each row."""
    return best_of_rows(block, np.where(chosen, ranked, FORBIDDEN), ADDED_PER_MENTEE)
