"""Small random problems, and what is best for them by trying everything or by another solver."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from random import Random
from typing import Any, NamedTuple

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


class Value(NamedTuple):
    """What a matching is worth, the weightiest first: people, pairs, the worst score and the total."""

    mentees: int
    mentors: int
    size: int
    worst: float
    total: float


def value_of(given: Instance, pairs: Iterable[tuple[str, str]], objective: Objective = PLAIN) -> Value:
    """What these pairs are worth by an objective; what it does not count is 0."""
    pairs = [*pairs]
    scores, mentors = [given.scores[pair] for pair in pairs], {mentor for _, mentor in pairs}
    return Value(
        len({mentee for mentee, _ in pairs}),
        len(mentors) if objective.count_mentors else 0,
        len(pairs),
        min(scores, default=0) if objective.worst != "any" else 0,
        round(sum(scores), 9),
    )


def best_by_trying(given: Instance, objective: Objective = PLAIN) -> Value:
    """The best of all matchings."""
    return max(value_of(given, pairs, objective) for pairs in matchings(given))


def best_by_highs(given: Instance, objective: Objective = PLAIN) -> Value:
    """The same by the HiGHS solver: programs in whole numbers, one after the other."""
    program = _Program(given)
    mentees, size = (program.keep([*one.values()]) for one in (program.matched, program.used))
    levels = sorted({*given.scores.values()})
    worst = max((level for level in levels if _Program(given, level).has(mentees, size)), default=0.0) if size else 0.0
    above = _Program(given, worst)
    above.has(mentees, size)
    total = above.most([(given.scores[pair], one) for pair, one in above.used.items()])
    return Value(mentees, 0, size, worst, round(total, 9))


class _Program:
    """Which pairs of a level or above are used, and which mentees are matched."""

    def __init__(self, given: Instance, level: float = 0) -> None:
        self.solver = Solver.CreateSolver("HIGHS")
        allowed = [pair for pair, score in given.scores.items() if score >= level]
        self.used = {pair: self.solver.BoolVar(str(at)) for at, pair in enumerate(allowed)}
        self.matched = {id: self.solver.BoolVar(id) for id in given.mentees}
        for side, place in ((given.mentees, 0), (given.mentors, 1)):
            for id, capacity in side.items():
                self.solver.Add(self.sum(one for pair, one in self.used.items() if pair[place] == id) <= capacity)
        for id, is_matched in self.matched.items():
            self.solver.Add(is_matched <= self.sum(one for pair, one in self.used.items() if pair[0] == id))

    def sum(self, ones: Iterable[Any]) -> Any:
        return self.solver.Sum([0, *ones])

    def most(self, values: list[tuple[float, Any]]) -> float:
        if not values:
            return 0.0
        self.solver.Maximize(self.sum(value * one for value, one in values))
        assert self.solver.Solve() == Solver.OPTIMAL
        return float(self.solver.Objective().Value())

    def keep(self, ones: list[Any]) -> int:
        most = round(self.most([(1, one) for one in ones]))
        self.solver.Add(self.sum(ones) >= most)
        return most

    def has(self, mentees: int, size: int) -> bool:
        return self.keep([*self.matched.values()]) == mentees and self.keep([*self.used.values()]) == size


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
