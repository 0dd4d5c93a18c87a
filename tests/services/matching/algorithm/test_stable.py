"""Nobody prefers each other to what they got, in cases with known answers and over all pairs."""

from random import Random

import pytest

from services.matching.algorithm import problem, stable
from services.matching.algorithm.both_sides import Pool
from services.matching.algorithm.people import Person
from services.matching.algorithm.problem import Problem
from services.matching.algorithm.stable import Blocking
from tests.services.matching.algorithm.instances import instance
from tests.services.matching.algorithm.people import person


def ranked(mentees: dict[str, str], mentors: dict[str, str], seats: int, **other: int) -> Problem:
    """Rankings as `A,B` with `A=B` for a tie."""

    def people(side: dict[str, str], capacity: int) -> tuple[Person, ...]:
        tiers = {id: [tier.split("=") for tier in text.split(",")] for id, text in side.items()}
        return tuple(person(id, prefers=prefers, capacity=other.get(id, capacity)) for id, prefers in tiers.items())

    return problem.of_rankings(Pool(mentees=people(mentees, 1), mentors=people(mentors, seats)))


def solved(given: Problem) -> dict[str, set[str]]:
    """The mentees of each mentor who has any."""
    pairs = stable.solve(given.seen_by_mentees, given.seen_by_mentors)
    assert stable.blocking(given.seen_by_mentees, given.seen_by_mentors, pairs) == Blocking(0, 0)
    found: dict[str, set[str]] = {}
    for mentee, mentor in pairs:
        found.setdefault(given.mentors[mentor].id, set()).add(given.mentees[mentee].id)
    return found


def test_residents_and_hospitals() -> None:
    residents = {"A": "C", "S": "C,M", "D": "C,M,G", "J": "C,G,M", "L": "M,C,G"}
    hospitals = {"M": "D,L,S,J", "C": "D,A,S,L,J", "G": "D,J,L"}
    assert solved(ranked(residents, hospitals, 2)) == {"M": {"L", "S"}, "C": {"A", "D"}, "G": {"J"}}


def test_the_example_of_the_national_resident_matching_program() -> None:
    applicants = {
        "Anderson": "City",
        "Chen": "City,Mercy",
        "Ford": "City,General,Mercy",
        "Davis": "Mercy,City,General",
        "Eastman": "City,Mercy,General",
    }
    programs = {
        "Mercy": "Chen,Ford",
        "City": "Eastman,Anderson,Chen,Davis,Ford",
        "General": "Eastman,Anderson,Ford,Davis",
    }
    expected = {"City": {"Anderson", "Eastman"}, "Mercy": {"Chen"}, "General": {"Davis", "Ford"}}
    assert solved(ranked(applicants, programs, 2)) == expected


def test_who_is_not_preferred_stays_unmatched() -> None:
    sides = {"A": "X", "B": "X,Y"}, {"X": "B,A", "Y": "B"}
    assert solved(ranked(*sides, 1)) == {"X": {"B"}}
    assert solved(ranked(*sides, 1, X=0)) == {"Y": {"B"}}


def test_a_tie_goes_to_who_has_no_other_way() -> None:
    assert solved(ranked({"r1": "h1", "r2": "h1,h2"}, {"h1": "r1=r2", "h2": "r2"}, 1)) == {"h1": {"r1"}, "h2": {"r2"}}


def test_the_best_pair_is_never_broken() -> None:
    scores = {("a", "X"): 0.9, ("b", "X"): 0.8, ("a", "Y"): 0.85, ("b", "Y"): 0.1}
    pool = Pool(mentees=tuple(Person(id=id) for id in "ab"), mentors=tuple(Person(id=id) for id in "XY"))
    assert solved(problem.of_scores(pool, scores)) == {"X": {"a"}, "Y": {"b"}}


@pytest.mark.parametrize("seed", range(20))
def test_of_all_pairs_none_is_blocking(seed: int) -> None:
    random = Random(seed)
    for _ in range(20):
        solved(instance(random, mentees=12, mentors=9).problem())


def blocking_by_trying(given: Problem, pairs: list[tuple[int, int]]) -> int:
    table = {
        (row, column): int(block.points[at, place])
        for block in given.pairs.blocks()
        for at, row in enumerate(block.rows.tolist())
        for place, column in enumerate(block.columns.tolist())
        if block.points[at, place] >= 0
    }
    count = 0
    for (row, column), points in table.items():
        mine = [table[pair] for pair in pairs if pair[0] == row]
        theirs = [table[pair] for pair in pairs if pair[1] == column]
        wants = len(mine) < given.pairs.wanted[row] or points > min(mine, default=points)
        takes = len(theirs) < given.pairs.seats[column] or points > min(theirs, default=points)
        count += wants and takes and (row, column) not in pairs
    return count


@pytest.mark.parametrize("seed", range(10))
def test_blocking_pairs_are_counted_over_all_pairs(seed: int) -> None:
    random = Random(seed)
    for _ in range(20):
        given = instance(random, mentees=8, mentors=6).problem()
        pairs = [pair for pair in stable.solve(given.pairs, given.pairs) if random.random() < 0.6]
        assert stable.blocking(given.pairs, given.pairs, pairs).pairs == blocking_by_trying(given, pairs)
