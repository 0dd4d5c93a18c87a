"""The best matching is the best there is, by trying everything and by another solver, and it says so itself."""

from random import Random

import pytest

from services.matching.algorithm import optimal
from services.matching.algorithm.optimal import Effort, Optimal
from services.matching.algorithm.program import Objective
from services.matching.algorithm.pruning import PruningLimits
from services.matching.algorithm.verification import verify
from tests.services.matching.algorithm.instances import (
    PLAIN,
    Instance,
    Value,
    best_by_highs,
    best_by_trying,
    instance,
    random_table,
    shuffled,
    value_of,
)

FEW = Effort(keep=PruningLimits(1, 1))
"""Nearly all pairs are left out at first, so that it depends on the prices to find the right ones."""


def solved(given: Instance, objective: Objective = PLAIN, effort: Effort = FEW) -> tuple[Optimal, Value]:
    """The matching, proved; with what it is worth."""
    problem = given.problem(objective)
    found = optimal.solve(problem.pairs, objective, effort)
    verify(problem.pairs, found)
    assert found.is_size_proved
    assert found.is_worst_proved
    assert found.gap == 0
    pairs = [(problem.mentees[row].id, problem.mentors[at].id) for row, at in found.matched.index_pairs()]
    return found, value_of(given, pairs, objective)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(40))
def test_it_is_the_best_of_all_matchings(seed: int) -> None:
    random = Random(seed)
    for _ in range(50):
        given = instance(random)
        assert solved(given)[1] == pytest.approx(best_by_trying(given)), given


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_another_solver_finds_nothing_better(seed: int) -> None:
    random = Random(seed)
    for _ in range(10):
        given = instance(random, mentees=9, mentors=7)
        assert solved(given)[1] == pytest.approx(best_by_highs(given)), given


@pytest.mark.parametrize("seed", range(5))
def test_what_is_kept_to_begin_with_changes_nothing(seed: int) -> None:
    random = Random(seed)
    for _ in range(10):
        given = instance(random, mentees=30, mentors=20)
        assert solved(given)[1] == pytest.approx(solved(given, effort=Effort())[1])


def test_pairs_that_were_left_out_are_found_by_the_prices() -> None:
    table = random_table(1, 60, 40)
    given = Instance(
        {(f"{row}", f"m{column}"): table[row, column] for row in range(60) for column in range(40)},
        {f"{row}": 1 for row in range(60)},
        {f"m{column}": 1 for column in range(40)},
    )
    found, value = solved(given)
    assert found.looks > 1
    assert value == pytest.approx(solved(given, effort=Effort())[1])


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_people_and_pairs_changes_nothing(seed: int) -> None:
    random = Random(seed)
    for _ in range(10):
        given = instance(random)
        other = shuffled(given, random)
        assert [one.tolist() for one in solved(given)[0].matched] == [one.tolist() for one in solved(other)[0].matched]


@pytest.mark.parametrize("seed", range(5))
def test_other_ids_change_neither_size_nor_worst_nor_total(seed: int) -> None:
    random = Random(seed)
    for _ in range(10):
        given = instance(random)
        renamed = Instance(
            {(f"a{mentee}", f"b{mentor}"): score for (mentee, mentor), score in given.scores.items()},
            {f"a{id}": capacity for id, capacity in given.mentees.items()},
            {f"b{id}": capacity for id, capacity in given.mentors.items()},
        )
        assert solved(given)[1] == pytest.approx(solved(renamed)[1])


@pytest.mark.parametrize("seed", range(5))
def test_one_more_mentor_makes_neither_people_nor_pairs_fewer(seed: int) -> None:
    random = Random(seed)
    for _ in range(10):
        given = instance(random)
        more = {(mentee, "another"): random.random() for mentee in given.mentees if random.random() < 0.5}
        wider = Instance({**given.scores, **more}, given.mentees, {**given.mentors, "another": 1})
        more_value, value = solved(wider)[1], solved(given)[1]
        assert more_value.mentees >= value.mentees
        assert more_value.size >= value.size


@pytest.mark.parametrize("factor", [0.01, 0.5, 10, 1000])
def test_scaled_scores_give_the_same_matching(factor: float) -> None:
    random = Random(3)
    for _ in range(20):
        given = instance(random)
        scaled = given._replace(scores={pair: score * factor for pair, score in given.scores.items()})
        assert solved(scaled)[1] == pytest.approx(
            [value * f for value, f in zip(solved(given)[1], (1, 1, 1, factor, factor), strict=True)]
        )


@pytest.mark.parametrize("seed", range(5))
def test_the_balanced_total_lies_within_the_size_and_the_worst(seed: int) -> None:
    random = Random(seed)
    for _ in range(10):
        given = instance(random)
        plain, balanced = solved(given)[1], solved(given, Objective(worst="all", total="balanced"))[1]
        assert balanced[:4] == pytest.approx(plain[:4])
        assert balanced.total <= plain.total + 1e-9


def test_one_bad_option_does_not_lower_the_bound_of_the_others() -> None:
    scores = {("alone", "a"): 0.1, ("one", "b"): 0.9, ("one", "c"): 0.4, ("two", "b"): 0.5, ("two", "c"): 0.2}
    given = Instance(scores, dict.fromkeys(["alone", "one", "two"], 1), dict.fromkeys("abc", 1))
    by_one_bound = solved(given, Objective(worst="all", total="plain"))[1]
    by_each = solved(given, Objective(worst="each", total="plain"))[1]
    assert by_one_bound == pytest.approx((3, 0, 3, 0.1, 0.1 + 0.9 + 0.2))
    assert by_each == pytest.approx((3, 0, 3, 0.1, 0.1 + 0.4 + 0.5))


def test_of_many_who_are_equal_as_many_as_possible_are_matched() -> None:
    given = Instance(
        {(f"{row}", f"m{column}"): 0.5 for row in range(150) for column in range(100)},
        {f"{row}": 1 for row in range(150)},
        {f"m{column}": 1 for column in range(100)},
    )
    assert solved(given, effort=Effort())[1] == pytest.approx((100, 0, 100, 0.5, 50))


@pytest.mark.parametrize(
    "given", [Instance({}, {}, {"m": 1}), Instance({}, {"n": 1}, {}), Instance({("n", "m"): 1}, {"n": 1}, {"m": 0})]
)
def test_without_a_side_or_a_seat_nobody_is_matched(given: Instance) -> None:
    assert solved(given)[1] == (0, 0, 0, 0, 0)


def test_where_a_gap_is_enough_the_bound_is_proved_and_the_search_ends_early() -> None:
    table = random_table(2, 80, 60)
    given = Instance(
        {(f"{row}", f"m{column}"): table[row, column] for row in range(80) for column in range(60)},
        {f"{row}": 1 for row in range(80)},
        {f"m{column}": 1 for column in range(60)},
    ).problem()
    best = optimal.solve(given.pairs, PLAIN)
    found = optimal.solve(given.pairs, PLAIN, Effort(gap=0.05, keep=PruningLimits(2, 2)))
    verify(given.pairs, found)
    assert found.is_size_proved
    assert best.total <= found.bounds.total
    assert (best.total - found.total) / best.total <= found.gap <= 0.05
