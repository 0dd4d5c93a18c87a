"""Flows from mentees to the seats of mentors: as many as possible, the worst as good as can be, at least cost."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.max_flow import SimpleMaxFlow  # type: ignore[import-untyped]
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # type: ignore[import-untyped]

from services.matching.algorithm.pairs import Numbers, Pairs
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
        """What can be matched, besides pairs across."""
        return int(wanted[~self.mentees].sum() + seats[self.mentors].sum())


def largest(edges: Edges, wanted: Numbers, seats: Numbers) -> tuple[int, Cut]:
    """Find how many pairs can be matched at most, and the proof (push and relabel, Goldberg and Tarjan 1988)."""
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

    def crossing(self, edges: Edges) -> Flags:
        """Which pairs lead across that reach the floors."""
        return self.cut.crossing(edges) & (edges.points >= self.floors[edges.rows])


def highest(edges: Edges, reach: Numbers, size: int, pairs: Pairs, top: int) -> tuple[int, Cut | None]:
    """Find the highest level at which as many can still be matched with edges that reach it, and the cut above it.

    With all edges as many can be matched. No level above `top` is tried, which some edge must reach; if that level is
    possible, there is no cut. A cut shows at once how far the level has to fall until enough edges lead across it, as
    in Newton's method (Dinkelbach 1967); between that and what is known to be possible, the middle is tried next.
    """
    low, high, cut = int(reach.min()), top, None
    level = high
    while low < high:
        found, why = largest(edges.where(reach >= level), pairs.wanted, pairs.seats)
        if found == size:
            low = level
        else:
            cut, high = why, int(np.sort(reach[why.crossing(edges)])[why.bound(pairs.wanted, pairs.seats) - size])
        middle = (low + high + 1) // 2
        level = int(reach.min(where=reach >= middle, initial=high))
    return low, cut


def cheapest(edges: Edges, worth: Numbers, wanted: Numbers, seats: Numbers) -> Flags:
    """Find a largest matching of the highest worth: which edges it uses (cost scaling, Goldberg 1997)."""
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
