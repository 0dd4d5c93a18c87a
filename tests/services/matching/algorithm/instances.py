"""Small random problems, and what is best for them by trying everything or by another solver."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from random import Random
from typing import NamedTuple

import numpy as np
from ortools.linear_solver.pywraplp import Solver  # type: ignore[import-untyped]

from services.matching.algorithm import problem
from services.matching.algorithm.both_sides import Pool
from services.matching.algorithm.pairs import Listed
from services.matching.algorithm.people import Person
from services.matching.algorithm.problem import Problem
from services.matching.algorithm.program import Objective

PLAIN = Objective(worst="all", total="plain")

Scores = Mapping[tuple[str, str], float]
Matching = frozenset[tuple[str, str]]


class Instance(NamedTuple):
    """Scores of the allowed pairs, and capacities."""

    scores: Scores
    mentees: Mapping[str, int]
    mentors: Mapping[str, int]

    def pool(self, seed: int = 0) -> Pool:
        def people(side: Mapping[str, int]) -> tuple[Person, ...]:
            return tuple(Person(id=id, capacity=capacity) for id, capacity in side.items())

        return Pool(mentees=people(self.mentees), mentors=people(self.mentors), seed=seed)

    def problem(self, objective: Objective = PLAIN) -> Problem:
        return problem.of_scores(self.pool(), self.scores, objective)


def instance(random: Random, mentees: int = 5, mentors: int = 4) -> Instance:
    """Up to so many on either side, with up to two mentors for a mentee and up to three mentees for a mentor."""
    grid = random.choice([20, 4, 1])
    share = random.choice([1, 0.7, 0.4])
    rows = {f"mentee {at}": random.choice([1, 1, 1, 2, 0]) for at in range(random.randint(0, mentees))}
    columns = {f"mentor {at}": random.randint(0, 3) for at in range(random.randint(0, mentors))}
    scores = {
        (row, column): random.randint(0, grid) / grid for row in rows for column in columns if random.random() < share
    }
    return Instance(scores, rows, columns)


def matchings(given: Instance) -> Iterator[list[tuple[str, str]]]:
    """Every way to match them."""
    mentees = sorted(given.mentees)

    def search_next_mentors(at: int, free: Mapping[str, int]) -> Iterator[list[tuple[str, str]]]:
        if at == len(mentees):
            yield []
            return
        possible = [mentor for mentor in free if free[mentor] and (mentees[at], mentor) in given.scores]
        for count in range(given.mentees[mentees[at]] + 1):
            for chosen in combinations(possible, count):
                left = {mentor: seats - (mentor in chosen) for mentor, seats in free.items()}
                yield from (
                    [(mentees[at], mentor) for mentor in chosen] + rest for rest in search_next_mentors(at + 1, left)
                )

    return search_next_mentors(0, given.mentors)


def best_by_trying(given: Instance) -> tuple[int, float, float]:
    """The largest size, the best worst score of that size, and the best total of these."""

    def value(pairs: list[tuple[str, str]]) -> tuple[int, float, float]:
        scores = [given.scores[pair] for pair in pairs]
        return len(scores), min(scores, default=0), round(sum(scores), 9)

    return max(map(value, matchings(given)))


def best_by_highs(given: Instance) -> tuple[int, float, float]:
    """The same by the HiGHS solver: three programs in whole numbers, one after the other."""
    size = round(_solve(given, dict.fromkeys(given.scores, 1.0)))
    worst = max((level for level in {*given.scores.values()} if _size_above(given, level) == size), default=0.0)
    total = _solve(_above(given, worst), given.scores, size) if size else 0.0
    return size, worst if size else 0, round(total, 9)


def _above(given: Instance, level: float) -> Instance:
    return given._replace(scores={pair: score for pair, score in given.scores.items() if score >= level})


def _size_above(given: Instance, level: float) -> int:
    return round(_solve(_above(given, level), dict.fromkeys(given.scores, 1.0)))


def _solve(given: Instance, worth: Scores, size: int | None = None) -> float:
    if not given.scores:
        return 0.0
    solver = Solver.CreateSolver("HIGHS")
    used = {pair: solver.BoolVar(str(at)) for at, pair in enumerate(given.scores)}
    for side, place in ((given.mentees, 0), (given.mentors, 1)):
        for id, capacity in side.items():
            solver.Add(sum(one for pair, one in used.items() if pair[place] == id) <= capacity)
    if size is not None:
        solver.Add(sum(used.values()) == size)
    solver.Maximize(sum(worth[pair] * one for pair, one in used.items()))
    assert solver.Solve() == Solver.OPTIMAL
    return float(solver.Objective().Value())


def shuffled(given: Instance, random: Random) -> Instance:
    """The same people and scores in another order."""

    def mixed(items: Mapping[str, int]) -> dict[str, int]:
        keys = sorted(items)
        random.shuffle(keys)
        return {key: items[key] for key in keys}

    pairs = sorted(given.scores)
    random.shuffle(pairs)
    return Instance({pair: given.scores[pair] for pair in pairs}, mixed(given.mentees), mixed(given.mentors))


def random_table(seed: int, mentees: int, mentors: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Scores of everybody with everybody."""
    return np.round(np.random.default_rng(seed).random((mentees, mentors)), 3)


def listed(seed: int, mentees: int, mentors: int) -> Listed:
    """Points up to 20, so that many are equal, for two thirds of the pairs."""
    random = np.random.default_rng(seed)
    rows, columns = np.nonzero(random.random((mentees, mentors)) < 2 / 3)
    return Listed(
        rows=rows,
        columns=columns,
        points=random.integers(0, 21, len(rows), dtype=np.int32),
        wanted=random.integers(1, 3, mentees),
        seats=random.integers(0, 4, mentors),
        scale=20,
    )
