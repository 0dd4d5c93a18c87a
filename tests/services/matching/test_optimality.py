"""Small instances by the thousand, against every possible assignment; and what a change of the input may not change."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.certificate import verify
from services.matching.scoring import FORBIDDEN, SCALE
from services.matching.solver import NOBODY, assign, solve
from tests.services.matching.builders import Table, table

SCORES = st.none() | st.integers(0, 20)
EQUAL_OR_CLOSE = st.none() | st.integers(0, 1)


@st.composite
def instances(draw: st.DrawFn) -> tuple[list[list[int | None]], list[int]]:
    """Up to six mentees and five mentors with up to three seats each, often with ties."""
    mentees, mentors = draw(st.integers(0, 6)), draw(st.integers(0, 5))
    cells = draw(st.sampled_from([SCORES, EQUAL_OR_CLOSE]))
    row = st.lists(cells, min_size=mentors, max_size=mentors)
    scores = draw(st.lists(row, min_size=mentees, max_size=mentees))
    return scores, draw(st.lists(st.integers(0, 3), min_size=mentors, max_size=mentors))


def best_of_all(scores: Table, seats: Sequence[int]) -> tuple[int, int]:
    """The largest size, and the largest total of that size, by trying everything."""

    @cache
    def best(row: int, free: tuple[int, ...]) -> tuple[int, int]:
        if row == len(scores):
            return 0, 0
        found = [best(row + 1, free)]
        for column, score in enumerate(scores[row]):
            if score is not None and free[column]:
                size, total = best(row + 1, (*free[:column], free[column] - 1, *free[column + 1 :]))
                found.append((size + 1, total + score))
        return max(found)

    return best(0, tuple(seats))


def as_scores(scores: Table, mentors: int) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    cells = [[FORBIDDEN if cell is None else cell for cell in row] for row in scores]
    return np.array(cells, dtype=np.int32).reshape(len(scores), mentors)


def measured(scores: Table, seats: Sequence[int]) -> tuple[int, int]:
    solution = solve(table(scores, seats))
    return solution.size, solution.total * 20 // SCALE


@settings(max_examples=3000, deadline=None)
@given(instances())
def test_an_assignment_is_as_good_as_any_that_exists(instance: tuple[list[list[int | None]], list[int]]) -> None:
    scores, seats = instance
    mentor_of = assign(as_scores(scores, len(seats)), seats)
    matched = np.flatnonzero(mentor_of != NOBODY).tolist()
    given = [scores[row][mentor_of[row]] for row in matched]
    assert all(np.bincount(mentor_of[matched], minlength=len(seats)) <= seats)
    assert (len(matched), sum(score for score in given if score is not None)) == best_of_all(scores, seats)
    assert None not in given


@settings(max_examples=400, deadline=None)
@given(instances())
def test_a_solution_is_as_good_as_any_that_exists_and_is_proved(instance: tuple[list[list[int | None]], list[int]]) -> None:
    scores, seats = instance
    problem = table(scores, seats)
    solution = solve(problem)
    verify(problem, solution)
    assert (solution.size, solution.total * 20 // SCALE) == best_of_all(scores, seats)


@settings(max_examples=100, deadline=None)
@given(instances(), st.data())
def test_one_more_mentor_never_makes_the_size_smaller(
    instance: tuple[list[list[int | None]], list[int]], data: st.DataObject
) -> None:
    scores, seats = instance
    wider = [[*row, data.draw(SCORES)] for row in scores]
    assert measured(wider, [*seats, data.draw(st.integers(0, 3))])[0] >= measured(scores, seats)[0]


@settings(max_examples=100, deadline=None)
@given(instances(), st.data())
def test_one_more_seat_never_makes_the_result_worse(
    instance: tuple[list[list[int | None]], list[int]], data: st.DataObject
) -> None:
    scores, seats = instance
    more = [free + data.draw(st.integers(0, 1)) for free in seats]
    assert measured(scores, more) >= measured(scores, seats)


@settings(max_examples=100, deadline=None)
@given(instances(), st.randoms(use_true_random=False))
def test_rows_and_columns_in_another_order_give_an_equally_good_result(
    instance: tuple[list[list[int | None]], list[int]], random: st.random.Random
) -> None:
    scores, seats = instance
    rows, columns = random.sample(range(len(scores)), len(scores)), random.sample(range(len(seats)), len(seats))
    turned = [[scores[row][column] for column in columns] for row in rows]
    assert measured(turned, [seats[column] for column in columns]) == measured(scores, seats)


@settings(max_examples=100, deadline=None)
@given(instances())
def test_halving_all_scores_changes_no_size_and_halves_the_total(
    instance: tuple[list[list[int | None]], list[int]],
) -> None:
    scores, seats = instance
    doubled = [[None if cell is None else cell // 2 * 2 for cell in row] for row in scores]
    halved = [[None if cell is None else cell // 2 for cell in row] for row in scores]
    size, total = measured(doubled, seats)
    assert measured(halved, seats) == (size, total // 2)
