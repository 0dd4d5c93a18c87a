"""What it costs all others if one more pair must be matched, by the prices of the best matching.

At these prices no pair gains: what it lacks is its reduced cost. The cost is the shortest way, by reduced costs, from
the seat that must be freed to the mentee who comes for it (Ahuja, Magnanti and Orlin 1993, chapter 9). Pairs are looked
up in the order of their reduced costs, so that a search touches only those that are nearer than what it has found.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.algorithm.objective import worth
from services.matching.algorithm.optimal import Optimal
from services.matching.algorithm.pairs import FAR, Block, Indexes, Numbers, Pairs, inside, spans
from services.matching.algorithm.prices import Flags, Side

MOST_PAIRS = 10_000_000
"""Pairs that are remembered, those with the least reduced costs: 24 bytes each."""
FIRST_RADIUS = 32
"""How much nearer the first search ends than the scale of points reaches; each further one goes twice as far."""


class Costs:
    """The pairs of a problem with their reduced costs, as far as they are remembered.

    `horizon` is what any pair costs at least that is not.
    """

    def __init__(self, pairs: Pairs, best: Optimal) -> None:
        self.pairs, self.best, self.prices = pairs, best, best.proof.prices
        self.horizon = FAR
        matched = self.matched = best.matched
        self._remember(pairs.blocks())
        order = np.argsort(matched.columns, kind="stable")
        self.holders = matched.rows[order]
        self.starts = np.searchsorted(matched.columns[order], np.arange(len(pairs.seats) + 1))
        surplus = self._counted(matched.points) + self.prices.base - self.prices.prices[matched.columns]
        self.leaving: Numbers = np.maximum(surplus - self.prices.gains[matched.rows], 0)[order]
        wanted, seats, alone, idle = best.proof.capacities(pairs)
        had = np.bincount(matched.rows, minlength=len(wanted))
        taken = np.bincount(matched.columns, minlength=len(seats))
        gains, prices = self.prices.gains, self.prices.prices
        first_gains, first_prices = gains + self.prices.mentee_base, prices + self.prices.mentor_base
        self.makes_way = _ways(Side(had, wanted, alone), first_gains, gains)
        self.takes_seat = _ways(Side(taken, seats, idle), first_prices, prices)

    def of(self, mentor: int, mentee: int) -> tuple[int | None, bool]:
        """Compute what others lose if the mentee leaves their mentor for a seat of this one, and whether it is exact.

        It counts the mentee's own match, too. None if there is no way; at least so much, if it is not exact.
        """
        apart = int(self.prices.gains[mentee] + self.prices.prices[mentor] - self.prices.base)
        radius = max(self.pairs.scale // FIRST_RADIUS, 1)
        while radius < min(int(self.horizon), self.width):
            found = _search(self, mentor, mentee, np.int64(radius))
            if found is not None:
                return found + apart, True
            radius *= 2
        found = _search(self, mentor, mentee, self.horizon)
        if found is None and self.horizon < FAR:
            return int(self.horizon) + apart, False
        return (None if found is None else found + apart), True

    def within(self, mentees: Indexes, limits: Numbers) -> tuple[Indexes, Indexes]:
        """Where the pairs of some mentees are that cost less than a limit each: from and to."""
        first = mentees * self.width
        return np.searchsorted(self.keys, first), np.searchsorted(self.keys, first + np.minimum(limits, self.width))

    def _counted(self, points: NDArray[np.int32]) -> Numbers:
        return worth(points, self.best.proof.total, self.pairs.scale).astype(np.int64)

    def _remember(self, blocks: Iterable[Block]) -> None:
        found, count = [_NONE], 0
        for block in blocks:
            found.append(self._near(block))
            count += len(found[-1][0])
            if count > MOST_PAIRS:
                costs = np.concatenate([one[2] for one in found])
                self.horizon = np.int64(np.partition(costs, len(costs) // 2)[len(costs) // 2])
                found = [tuple(column[one[2] < self.horizon] for column in one) for one in found]
                count = sum(len(one[0]) for one in found)
        rows, columns, costs = (np.concatenate(one) for one in zip(*found, strict=True))
        order = np.lexsort((costs, rows))
        self.columns, self.costs = columns[order], costs[order]
        self.width = int(costs.max(initial=0)) + 1
        self.keys = rows[order] * self.width + self.costs

    def _near(self, block: Block) -> tuple[NDArray[np.int64], ...]:
        """List the pairs of a block within the horizon that are not matched: mentees, mentors, and what they lack."""
        floors = np.maximum(self.best.proof.floors[block.rows], 0)
        gains, prices = self.prices.gains[block.rows], self.prices.prices[block.columns] - self.prices.base
        costs = gains[:, None] + prices - self._counted(block.points)
        near = (block.points >= floors[:, None]) & (costs < self.horizon)
        own_row, own_column, _ = inside(block, self.matched.rows, self.matched.columns)
        near[own_row, own_column] = False
        here, there = np.nonzero(near)
        return block.rows[here], block.columns[there], np.maximum(costs[here, there], 0)


_NONE: tuple[NDArray[np.int64], ...] = (np.zeros(0, dtype=np.int64),) * 3


class _Way(NamedTuple):
    """How people of one side make way for others, who lose a partner and who get one: what each of them lacks for it.

    Who loses the only partner makes way only for somebody who has none, so that as many people are matched as before.
    """

    loses: Flags
    losing: Numbers
    gets: Flags
    getting: Numbers


def _ways(side: Side, of_first: Numbers, of_further: Numbers) -> tuple[_Way, _Way]:
    """The ways of one side among first partners and among further ones, by what either gains them."""
    only_first, has_any = side.has_first & ~side.has_further, ~side.lacks_first
    return (
        _Way(only_first, np.maximum(of_first, 0), side.lacks_first, np.maximum(-of_first, 0)),
        _Way(side.has_further, np.maximum(of_further, 0), side.lacks_further & has_any, np.maximum(-of_further, 0)),
    )


def _search(costs: Costs, mentor: int, mentee: int, limit: np.int64) -> int | None:
    """Find the reduced cost of the shortest way from a mentor to a mentee; None if it reaches the limit."""
    mentors, mentees = np.full(len(costs.pairs.seats), limit), np.full(len(costs.pairs.wanted), limit)
    mentors[mentor], changed = 0, np.array([mentor])
    sources, sinks = np.full(2, limit), np.full(2, limit)
    while changed.size:
        for which, way in enumerate(costs.takes_seat):
            free = changed[way.gets[changed]]
            if (nearest := (mentors[free] + way.getting[free]).min(initial=sinks[which])) < sinks[which]:
                sinks[which] = nearest
                taken = np.flatnonzero(way.loses)
                changed = np.union1d(changed, _shorten(mentors, taken, nearest + way.losing[taken]))
        starts, ends = costs.starts[changed], costs.starts[changed + 1]
        at = spans(starts, ends)
        reached = _shorten(mentees, costs.holders[at], np.repeat(mentors[changed], ends - starts) + costs.leaving[at])
        for which, way in enumerate(costs.makes_way):
            has = reached[way.loses[reached]]
            if (nearest := (mentees[has] + way.losing[has]).min(initial=sources[which])) < sources[which]:
                sources[which] = nearest
                lacking = np.flatnonzero(way.gets)
                reached = np.union1d(reached, _shorten(mentees, lacking, nearest + way.getting[lacking]))
        reached = reached[mentees[reached] < mentees[mentee]]
        starts, ends = costs.within(reached, mentees[mentee] - mentees[reached])
        at = spans(starts, ends)
        changed = _shorten(mentors, costs.columns[at], np.repeat(mentees[reached], ends - starts) + costs.costs[at])
    return int(mentees[mentee]) if mentees[mentee] < limit else None


def _shorten(distances: Numbers, nodes: Indexes, lengths: Numbers) -> Indexes:
    """Shorten the distances of some nodes, each named once or more; returns those that are nearer now."""
    nearer = lengths < distances[nodes]
    np.minimum.at(distances, nodes[nearer], lengths[nearer])
    return np.unique(nodes[nearer])
