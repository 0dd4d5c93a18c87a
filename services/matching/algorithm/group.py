"""Groups: each mentor has none, or as many mentees as make a group."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from ortools.linear_solver.pywraplp import Solver  # type: ignore[import-untyped]

from services.matching.algorithm.counts import Capacities
from services.matching.algorithm.flow import Flags, cheapest
from services.matching.algorithm.pairs import Pairs
from services.matching.algorithm.pruning import Edges, PruningLimits, prune

MOST_PEOPLE = 2_000
"""Up to so many, groups are chosen by a program in whole numbers; beyond, by closing the weakest."""
CLOSED_AT_ONCE = 8
"""The part of the groups that are too small, and are closed before solving again: one of so many."""
ENOUGH = 1e-6
"""The relative gap at which the program in whole numbers stops."""


def solve(pairs: Pairs, smallest: int, count_mentors: bool = False) -> Edges:
    """First the most people in groups, then the most pairs, then the highest total: among the likely pairs."""
    edges, capacities = prune(pairs, PruningLimits()).edges, Capacities.of(pairs, count_mentors)
    if len(pairs.wanted) + len(pairs.seats) <= MOST_PEOPLE:
        return edges.where(_by_program(edges, capacities, smallest))
    return edges.where(_by_closing(edges, capacities, smallest))


def _by_program(edges: Edges, capacities: Capacities, smallest: int) -> Flags:
    """Solve it in whole numbers with HiGHS (Huangfu and Hall 2018), once for each count and once for the total."""
    if not len(edges.rows):
        return np.zeros(0, dtype=bool)
    program = _Program(edges, capacities, smallest)
    counts = [program.matched, program.has_group, program.used]
    for one, is_counted in zip(counts, [capacities.alone.any(), capacities.idle.any(), True], strict=True):
        if is_counted:
            program.keep(one)
    program.maximize([*zip(program.used.values(), edges.points.tolist(), strict=True)])
    return np.array([one.solution_value() > 0.5 for one in program.used.values()], dtype=bool)


class _Program:
    """Which pairs are used, which mentors have a group, and which mentees who had nobody are matched."""

    def __init__(self, edges: Edges, capacities: Capacities, smallest: int) -> None:
        self.solver = Solver.CreateSolver("HIGHS")
        self.solver.SetSolverSpecificParametersAsString("output_flag=false")
        self.used = {at: self.solver.BoolVar(f"{at}") for at in range(len(edges.rows))}
        self.matched, self.has_group = dict[int, Any](), dict[int, Any]()  # OR-Tools has no types
        for row in np.unique(edges.rows).tolist():
            mentors = self._sum(edges.rows == row)
            self.solver.Add(mentors <= int(capacities.wanted[row]))
            if capacities.alone[row]:
                self.matched[row] = self.solver.BoolVar(f"matched {row}")
                self.solver.Add(self.matched[row] <= mentors)
        for column in np.unique(edges.columns).tolist():
            has_group, size = self.solver.BoolVar(f"group {column}"), self._sum(edges.columns == column)
            self.solver.Add(size <= int(capacities.seats[column]) * has_group)
            self.solver.Add(size >= max(smallest, 1) * has_group)
            if capacities.idle[column]:
                self.has_group[column] = has_group

    def _sum(self, which: Flags) -> Any:
        return self.solver.Sum([self.used[at] for at in np.flatnonzero(which).tolist()])

    def keep(self, counted: Mapping[int, Any]) -> None:
        """Find how many of these there can be, and have no fewer from here on."""
        most = round(self.maximize([(one, 1.0) for one in counted.values()]))
        self.solver.Add(self.solver.Sum([*counted.values()]) >= most)

    def maximize(self, values: Sequence[tuple[Any, float]]) -> float:
        """The best value; raises RuntimeError if there is none."""
        self.solver.Maximize(self.solver.Sum([value * one for one, value in values]))
        if self.solver.Solve() != Solver.OPTIMAL:
            raise RuntimeError(f"no best groups among {len(self.used)} pairs")
        return float(self.solver.Objective().Value())


def _by_closing(edges: Edges, capacities: Capacities, smallest: int) -> Flags:
    """Match without groups, close some of those that are too small and weakest, and match again."""
    seats = capacities.seats
    left = np.where(seats >= smallest, seats, 0)
    while True:
        open_to = capacities._replace(seats=left, idle=np.minimum(capacities.idle, left))
        used = cheapest(edges, edges.points.astype(np.int64), open_to)
        sizes = np.bincount(edges.columns[used], minlength=len(seats))
        totals = np.bincount(edges.columns[used], weights=edges.points[used], minlength=len(seats))
        small = np.flatnonzero((sizes > 0) & (sizes < smallest))
        if not small.size:
            return used
        weakest = small[np.lexsort((small, totals[small], sizes[small]))]
        left[weakest[: -(-len(weakest) // CLOSED_AT_ONCE)]] = 0
