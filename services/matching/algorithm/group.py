"""Groups: each mentor has none, or as many mentees as make a group."""

from typing import Any

import numpy as np
from ortools.linear_solver.pywraplp import Solver  # type: ignore[import-untyped]

from services.matching.algorithm.flow import Flags, cheapest
from services.matching.algorithm.pairs import Numbers, Pairs
from services.matching.algorithm.pruning import Edges, PruningLimits, prune

MOST_PEOPLE = 2_000
"""Up to so many, groups are chosen by a program in whole numbers; beyond, by closing the weakest."""
CLOSED_AT_ONCE = 8
"""The part of the groups that are too small, and are closed before solving again: one of so many."""
ENOUGH = 1e-6
"""The relative gap at which the program in whole numbers stops."""


def solve(pairs: Pairs, smallest: int) -> Edges:
    """First the most people in groups, then the highest total: among the likely pairs."""
    edges = prune(pairs, PruningLimits()).edges
    if len(pairs.wanted) + len(pairs.seats) <= MOST_PEOPLE:
        return edges.where(_by_program(edges, pairs.wanted, pairs.seats, smallest))
    return edges.where(_by_closing(edges, pairs.wanted, pairs.seats, smallest))


def _by_program(edges: Edges, wanted: Numbers, seats: Numbers, smallest: int) -> Flags:
    """Solve it in whole numbers with HiGHS (Huangfu and Hall 2018), once for the size and once for the total."""
    if not len(edges.rows):
        return np.zeros(0, dtype=bool)
    program = _Program(edges, wanted, seats, smallest)
    size = program.maximize(np.ones(len(edges.rows)))
    program.solver.Add(sum(program.used) >= round(size))
    program.maximize(edges.points.astype(np.float64))
    return np.array([one.solution_value() > 0.5 for one in program.used], dtype=bool)


class _Program:
    """Which pairs are used, and which mentors have a group."""

    def __init__(self, edges: Edges, wanted: Numbers, seats: Numbers, smallest: int) -> None:
        self.solver = Solver.CreateSolver("HIGHS")
        self.solver.SetSolverSpecificParametersAsString("output_flag=false")
        self.used = [self.solver.BoolVar(f"{at}") for at in range(len(edges.rows))]
        for row in np.unique(edges.rows).tolist():
            self.solver.Add(self._sum(edges.rows == row) <= int(wanted[row]))
        for column in np.unique(edges.columns).tolist():
            has_group, size = self.solver.BoolVar(f"group {column}"), self._sum(edges.columns == column)
            self.solver.Add(size <= int(seats[column]) * has_group)
            self.solver.Add(size >= smallest * has_group)

    def _sum(self, which: Flags) -> Any:  # OR-Tools has no types
        return self.solver.Sum([self.used[at] for at in np.flatnonzero(which).tolist()])

    def maximize(self, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        """The best value; raises RuntimeError if there is none."""
        self.solver.Maximize(
            self.solver.Sum([value * one for value, one in zip(values.tolist(), self.used, strict=True)])
        )
        if self.solver.Solve() != Solver.OPTIMAL:
            raise RuntimeError(f"no best groups among {len(self.used)} pairs")
        return float(self.solver.Objective().Value())


def _by_closing(edges: Edges, wanted: Numbers, seats: Numbers, smallest: int) -> Flags:
    """Match without groups, close some of those that are too small and weakest, and match again."""
    left = np.where(seats >= smallest, seats, 0)
    while True:
        used = cheapest(edges, edges.points.astype(np.int64), wanted, left)
        sizes = np.bincount(edges.columns[used], minlength=len(seats))
        totals = np.bincount(edges.columns[used], weights=edges.points[used], minlength=len(seats))
        small = np.flatnonzero((sizes > 0) & (sizes < smallest))
        if not small.size:
            return used
        weakest = small[np.lexsort((small, totals[small], sizes[small]))]
        left[weakest[: -(-len(weakest) // CLOSED_AT_ONCE)]] = 0
