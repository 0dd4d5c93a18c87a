"""Ithaca: scoring and solving from people on, or the table of scores for those who only solve."""

import sys
import time

import numpy as np

from services.matching.algorithm import optimal, rolling, stable
from services.matching.algorithm.optimal import Effort
from services.matching.algorithm.program import Objective
from services.matching.algorithm.scored_pairs import ScoredPairs
from services.matching.algorithm.verification import verify
from tests.benchmarks.matching_contenders.crowd import crowd
from tests.benchmarks.matching_contenders.measuring import measure

PLAIN = Objective(worst="any", total="plain")
WHOLE = Objective(worst="each", total="plain")


def solve(mentees: int, mentors: int, objective: Objective, gap: float) -> None:
    """The best matching with its proof, checked afterwards where that takes no time."""
    pool = crowd(mentees, mentors)

    def work() -> dict[str, float]:
        pairs = ScoredPairs(pool)
        found = optimal.solve(pairs, objective, Effort(gap=gap))
        assert found.is_size_proved
        assert found.is_worst_proved
        if mentees * mentors <= 3_000_000:
            kept.append((pairs, found))
        points = int(found.matched.points.sum(dtype=np.int64))
        return {"size": found.size, "total": points, "gap": found.gap, "looks": found.looks}

    kept: list[tuple[ScoredPairs, optimal.Optimal]] = []
    measure(work)
    for pairs, found in kept:
        verify(pairs, found)


def stably(mentees: int, mentors: int) -> None:
    """A stable matching, with the pairs counted that would block it."""
    pool = crowd(mentees, mentors)

    def work() -> dict[str, float]:
        pairs = ScoredPairs(pool)
        pairs_found = stable.solve(pairs, pairs)
        return {"size": len(pairs_found), "blocking": stable.blocking(pairs, pairs, pairs_found).pairs}

    measure(work)


def roll(mentees: int, mentors: int, moves: int | None = None) -> None:
    """People leave and come back one at a time, and are scored when they come."""
    pairs = ScoredPairs(crowd(mentees, mentors))
    state = rolling.start(pairs, optimal.solve(pairs, PLAIN), moves)
    random = np.random.default_rng(1)

    def work() -> dict[str, float]:
        took, moved, shares = list[float](), list[int](), list[float]()
        for mentee in random.choice(mentees, size=200, replace=False).tolist():
            for event in (state.leave, state.arrive):
                started = time.process_time()
                moved.append(event(mentee))
                took.append(time.process_time() - started)
                shares.append(state.total / state.best.total)
        return {
            "p95": float(np.percentile(took, 95)),
            "moves": float(np.mean(moved)),
            "most_moves": max(moved),
            "lost": 1 - float(np.mean(shares)),
        }

    measure(work)


def table(mentees: int, mentors: int, path: str) -> None:
    """The scores of all pairs, and the seats, for the others."""
    pairs = ScoredPairs(crowd(mentees, mentors))
    points = np.full((mentees, mentors), -1, dtype=np.int32)
    for block in pairs.blocks():
        points[np.ix_(block.rows, block.columns)] = block.points
    np.savez(path, points=points, seats=pairs.seats)


def main(what: str, mentees: int, mentors: int, *rest: str) -> None:
    """Do what is asked, with libraries and time zones loaded."""
    optimal.solve(ScoredPairs(crowd(20, 10)), WHOLE)
    if what == "table":
        table(mentees, mentors, rest[0])
    elif what == "stable":
        stably(mentees, mentors)
    elif what == "rolling":
        roll(mentees, mentors, *map(int, rest))
    else:
        solve(mentees, mentors, PLAIN if what == "total" else WHOLE, float(rest[0]))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
