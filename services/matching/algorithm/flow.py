"""Flows from mentees to the seats of mentors: as many as possible, the worst as good as can be, at least cost."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.max_flow import SimpleMaxFlow  # type: ignore[import-untyped]
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # type: ignore[import-untyped]

from services.matching.algorithm.pairs import Numbers
from services.matching.algorithm.pruning import Edges

Flags = NDArray[np.bool_]


class Cut(NamedTuple):
    """Why no more can be matched (Ford and Fulkerson 1956).

    Every pair is of one of the `mentees` that are not set, or of one of the `mentors` that are set, or leads across:
    from a mentee that is set to a mentor that is not.
    """

    mentees: Flags
    mentors: Flags

    def crossing(self, edges: Edges) -> Flags:
        """Which pairs lead across."""
        return self.mentees[edges.rows] & ~self.mentors[edges.columns]

    def bound(self, wanted: Numbers, seats: Numbers) -> int:
        """What can be matched, beside pairs across."""
        return int(wanted[~self.mentees].sum() + seats[self.mentors].sum())


def largest(edges: Edges, wanted: Numbers, seats: Numbers) -> tuple[int, Cut]:
    """How many pairs can be matched at most, and the proof (push and relabel, Goldberg and Tarjan 1988)."""
    count, nodes = len(wanted), len(wanted) + len(seats)
    source, sink = nodes, nodes + 1
    flow = SimpleMaxFlow()
    ends = np.arange(nodes)
    flow.add_arcs_with_capacity(
        np.concatenate([edges.rows, np.full(count, source), ends[count:]]),
        np.concatenate([edges.columns + count, ends[:count], np.full(len(seats), sink)]),
        np.concatenate([np.ones(len(edges.rows), dtype=np.int64), wanted, seats]),
    )
    status = flow.solve(source, sink)
    if status != flow.OPTIMAL:
        raise RuntimeError(f"no largest flow among {len(edges.rows)} pairs: {status.name}")
    reached = np.zeros(nodes + 2, dtype=bool)
    reached[flow.get_source_side_min_cut()] = True
    return int(flow.optimal_flow()), Cut(reached[:count], reached[count:nodes])


class Limit(NamedTuple):
    """A claim: with pairs that reach the `floors` of their mentees, no more can be matched than get through the cut."""

    floors: Numbers
    cut: Cut


class Floors(NamedTuple):
    """The least points of every mentee's pair, and why they cannot all be higher; None if nothing is better at all."""

    points: Numbers
    limit: Limit | None


Leveled = Callable[[int], Numbers]
"""The floors of all mentees at a level."""


def highest_floors(edges: Edges, size: int, wanted: Numbers, seats: Numbers, floors: Leveled, most: int) -> Floors:
    """The highest level at which as many can still be matched with pairs that reach the floors: there must be one.

    No level above `most` is possible, and that one is tried first.
    """
    levels = np.sort(edges.points)
    levels = levels[np.flatnonzero(np.diff(levels, prepend=-1))]
    low, high, cut = 0, int(np.searchsorted(levels, most, side="right")), None
    middle = high - 1
    while high - low > 1:
        found, why = _at(edges, floors(int(levels[middle])), wanted, seats)
        if found == size:
            low = middle
        else:
            high, cut = middle, why
        middle = (low + high) // 2
    if cut is None and high < len(levels):
        cut = _at(edges, floors(int(levels[high])), wanted, seats)[1]
    level = int(levels[low])
    return Floors(floors(level), None if cut is None else Limit(floors(level + 1), cut))


def _at(edges: Edges, floors: Numbers, wanted: Numbers, seats: Numbers) -> tuple[int, Cut]:
    return largest(edges.where(edges.points >= floors[edges.rows]), wanted, seats)


def cheapest(edges: Edges, worth: Numbers, wanted: Numbers, seats: Numbers) -> Flags:
    """Which edges make up a largest matching of the highest worth (cost scaling, Goldberg 1997)."""
    used = np.zeros(len(edges.rows), dtype=bool)
    if not used.size:
        return used
    flow = SimpleMinCostFlow()
    ones = np.ones(len(edges.rows), dtype=np.int64)
    arcs = flow.add_arcs_with_capacity_and_unit_cost(edges.rows, edges.columns + len(wanted), ones, worth.max() - worth)
    flow.set_nodes_supplies(np.arange(len(wanted) + len(seats)), np.concatenate([wanted, -seats]))
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"no cheapest flow among {len(edges.rows)} pairs: {status.name}")
    used[:] = flow.flows(arcs) > 0
    return used
