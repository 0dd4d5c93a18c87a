"""Small instances by the thousand, against every possible assignment; and what a change of the input may not change."""

from collections.abc import Sequence
from itertools import repeat
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.certificate import verify
from services.matching.scoring import FORBIDDEN, SCALE
from services.matching.solver import NOBODY, assign, solve
from tests.services.matching.brute_force import SCATTERED, best_of_all, instance
from tests.services.matching.builders import Table, table

RANDOM = st.randoms(use_true_random=True)
"""Instances are drawn many at a time: one by one, drawing them would take far longer than solving them."""


def measured(scores: Table, seats: Sequence[int]) -> tuple[int, int]:
    """Size and total, in twentieths, of a solution that is proved."""
    problem = table(scores, seats)
    solution = solve(problem)
    verify(problem, solution)
    return solution.size, solution.total * 20 // SCALE


@settings(max_examples=100, deadline=None)
@given(RANDOM)
def test_an_assignment_is_as_good_as_any_that_exists(random: Random) -> None:
    for scores, seats in map(instance, repeat(random, 40)):
        cells = [FORBIDDEN if cell is None else cell for row in scores for cell in row]
        mentor_of = assign(np.array(cells, dtype=np.int32).reshape(len(scores), len(seats)), seats)
        matched = np.flatnonzero(mentor_of != NOBODY)
        given = [scores[row][mentor_of[row]] for row in matched]
        assert (np.bincount(mentor_of[matched], minlength=len(seats)) <= seats).all()
        assert None not in given
        assert (len(given), sum(score or 0 for score in given)) == best_of_all(scores, seats)


@settings(max_examples=50, deadline=None)
@given(RANDOM)
def test_a_solution_is_as_good_as_any_that_exists_and_is_proved(random: Random) -> None:
    for scores, seats in map(instance, repeat(random, 6)):
        assert measured(scores, seats) == best_of_all(scores, seats)


@settings(max_examples=20, deadline=None)
@given(RANDOM)
def test_one_more_mentor_never_makes_the_size_smaller(random: Random) -> None:
    for scores, seats in map(instance, repeat(random, 3)):
        wider = [[*row, random.choice(SCATTERED)] for row in scores]
        assert measured(wider, [*seats, random.randint(0, 3)])[0] >= measured(scores, seats)[0]


@settings(max_examples=20, deadline=None)
@given(RANDOM)
def test_one_more_seat_never_makes_the_result_worse(random: Random) -> None:
    for scores, seats in map(instance, repeat(random, 3)):
        assert measured(scores, [free + random.randint(0, 1) for free in seats]) >= measured(scores, seats)


@settings(max_examples=20, deadline=None)
@given(RANDOM)
def test_people_under_other_ids_give_an_equally_good_result(random: Random) -> None:
    for scores, seats in map(instance, repeat(random, 3)):
        rows, columns = random.sample(range(len(scores)), len(scores)), random.sample(range(len(seats)), len(seats))
        turned = [[scores[row][column] for column in columns] for row in rows]
        assert measured(turned, [seats[column] for column in columns]) == measured(scores, seats)


@settings(max_examples=20, deadline=None)
@given(RANDOM)
def test_scaling_all_scores_changes_no_size_and_scales_the_total(random: Random) -> None:
    for scores, seats in map(instance, repeat(random, 3)):
        even = [[None if cell is None else cell // 2 * 2 for cell in row] for row in scores]
        half = [[None if cell is None else cell // 2 for cell in row] for row in scores]
        size, total = measured(even, seats)
        assert measured(half, seats) == (size, total // 2)
