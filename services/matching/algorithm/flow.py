"""Flows from mentees to the seats of mentors: as many as possible, the worst as good as can be, at least cost."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.max_flow import SimpleMaxFlow  # type: ignore[import-untyped]
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # type: ignore[import-untyped]

from services.matching.algorithm.counts import Capacities, Counted
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
    """A claim: with pairs that reach the `floors` of their mentees, no more can be counted than get through the cut."""

    floors: Numbers
    cut: Cut
    counted: Counted = "pairs"

    def crossing(self, edges: Edges) -> Flags:
        """Which pairs lead across that reach the floors."""
        return self.cut.crossing(edges) & (edges.points >= self.floors[edges.rows])

    def bound(self, capacities: Capacities) -> int:
        """What can be counted, besides pairs across."""
        return self.cut.bound(*capacities.limited_to(self.counted))


class Goal(NamedTuple):
    """What a matching has to come to: so many, counted with these capacities."""

    counted: Counted
    wanted: Numbers
    seats: Numbers
    size: int


def highest(edges: Edges, reach: Numbers, goal: Goal, top: int) -> tuple[int, Cut | None]:
    """Find the highest level at which as many can still be matched with edges that reach it, and the cut above it.

    With all edges as many can be matched. No level above `top` is tried, which some edge must reach; if that level is
    possible, there is no cut. A cut shows at once how far the level has to fall until enough edges lead across it, as
    in Newton's method (Dinkelbach 1967); between that and what is known to be possible, the middle is tried next.
    """
    low, high, cut = int(reach.min()), top, None
    level = high
    while low < high:
        found, why = largest(edges.where(reach >= level), goal.wanted, goal.seats)
        if found == goal.size:
            low = level
        else:
            cut, high = why, int(np.sort(reach[why.crossing(edges)])[why.bound(goal.wanted, goal.seats) - goal.size])
        middle = (low + high + 1) // 2
        level = int(reach.min(where=reach >= middle, initial=high))
    return low, cut


def cheapest(edges: Edges, worth: Numbers, capacities: Capacities) -> Flags:
    """Find a matching of the highest worth among those with the most people and pairs (cost scaling, Goldberg 1997).

    Returns which edges it uses.
    """
    used = np.zeros(len(edges.rows), dtype=bool)
    if not used.size:
        return used
    flow, count = SimpleMinCostFlow(), len(capacities.wanted)
    ones = np.ones(len(edges.rows), dtype=np.int64)
    arcs = flow.add_arcs_with_capacity_and_unit_cost(edges.rows, edges.columns + count, ones, worth.max() - worth)
    _supply(flow, capacities, int(worth.max()))
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"no cheapest flow among {len(edges.rows)} pairs: {status.name}")
    used[:] = flow.flows(arcs) > 0
    return used


def _supply(flow: SimpleMinCostFlow, capacities: Capacities, most: int) -> None:
    """Supply mentees and ask for mentors; where people are counted, all but their first comes at a cost.

    It is more than all pairs on one path can make up for, so that nobody has two where somebody else could have one.
    """
    wanted, seats, alone, idle = capacities
    count, nodes = len(wanted), len(wanted) + len(seats)
    if not (alone.any() or idle.any()):
        flow.set_nodes_supplies(np.arange(nodes), np.concatenate([wanted, -seats]))
        return
    further = (most + 1) * (min(count, len(seats)) + 2)
    rows, columns = np.arange(count), np.arange(count, nodes)
    at = np.concatenate([rows, rows, columns, columns])
    amounts = np.concatenate([alone, wanted - alone, idle, seats - idle])
    costs = np.concatenate([
        np.zeros(count, dtype=np.int64),
        np.full(count, further * alone.any()),
        np.zeros(len(seats), dtype=np.int64),
        np.full(len(seats), further * idle.any()),
    ])  # fmt: skip
    gates = nodes + np.arange(len(at))
    is_source = at < count
    flow.add_arcs_with_capacity_and_unit_cost(
        np.where(is_source, gates, at), np.where(is_source, at, gates), amounts, costs
    )
    flow.set_nodes_supplies(gates, np.where(is_source, amounts, -amounts))
