"""Following people as they come and go is as good as solving again, and moves few."""

from random import Random

import numpy as np
import pytest

from services.matching.algorithm import optimal, rolling
from services.matching.algorithm.pairs import Listed
from services.matching.algorithm.program import Objective
from services.matching.algorithm.rolling import NOBODY, Rolling
from tests.services.matching.algorithm.instances import random_table

ANY = Objective(worst="any", total="plain")


def listed(
    table: np.ndarray[tuple[int, int], np.dtype[np.int32]],
    here: np.ndarray[tuple[int], np.dtype[np.bool_]],
    seats: list[int],
) -> Listed:
    rows, columns = np.nonzero(table >= 0)
    return Listed(
        rows, columns, table[rows, columns], here.astype(np.int64), np.minimum(np.array(seats), len(here)), 1000
    )


def scattered(seed: int, mentees: int, mentors: int, share: float) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    """Points in thousandths; a share of the pairs is allowed."""
    points = (random_table(seed, mentees, mentors) * 1000).astype(np.int32)
    points[random_table(seed + 1000, mentees, mentors) > share] = -1
    return points


def again(state: Rolling) -> tuple[int, int]:
    """Size and total by solving again for those who are here."""
    found = optimal.solve(listed(state.points, state.is_here, state.seats.tolist()), ANY)
    return found.size, found.total


def check(state: Rolling) -> None:
    for mentor, holders in enumerate(state.holders):
        assert len(holders) <= state.seats[mentor]
        assert all(state.mentor_of[mentee] == mentor for mentee in holders)
    matched = np.flatnonzero(state.mentor_of != NOBODY)
    assert (state.points[matched, state.mentor_of[matched]] >= 0).all()
    assert (state.size, state.total) == again(state)


@pytest.mark.parametrize("seed", range(12))
def test_after_every_event_it_is_as_good_as_solving_again(seed: int) -> None:
    random = Random(seed)
    table = scattered(seed, 14, 8, random.choice([1, 0.5, 0.25]))
    here = np.array([random.random() < 0.6 for _ in range(14)])
    pairs = listed(table, here, [random.randint(0, 3) for _ in range(8)])
    state = rolling.start(pairs, optimal.solve(pairs, ANY))
    check(state)
    for _ in range(40):
        act(state, random)
        check(state)


def act(state: Rolling, random: Random) -> None:
    """Something happens."""
    mentee, mentor = random.randrange(len(state.gains)), random.randrange(len(state.seats))
    what = random.choice(["person", "person", "more", "less", "accept"])
    if what == "more":
        state.add_seat(mentor)
    elif what == "less" and state.seats[mentor]:
        state.remove_seat(mentor)
    elif what == "accept" and state.mentor_of[mentee] != NOBODY:
        state.accept(mentee)
    elif state.is_here[mentee]:
        state.leave(mentee)
    else:
        state.arrive(mentee)


def test_who_comes_last_can_push_nobody_out_of_the_matching() -> None:
    pairs = listed(np.array([[500], [900]], dtype=np.int32), np.array([True, False]), [1])
    state = rolling.start(pairs, optimal.solve(pairs, ANY))
    state.arrive(1)
    assert state.mentor_of.tolist() == [NOBODY, 0]
    state.leave(1)
    assert state.mentor_of.tolist() == [0, NOBODY]


def test_few_move_when_somebody_comes() -> None:
    table = scattered(5, 120, 80, 1)
    here = np.arange(120) < 60
    pairs = listed(table, here, [2] * 80)
    state = rolling.start(pairs, optimal.solve(pairs, ANY))
    moved = [state.arrive(mentee) for mentee in range(60, 120)]
    assert sum(moved) / len(moved) < 2
    assert (state.size, state.total) == again(state)


def test_a_mentee_who_wants_two_mentors_is_refused() -> None:
    pairs = listed(scattered(1, 2, 2, 1), np.array([True, True]), [1, 1])
    with pytest.raises(ValueError, match="want one mentor"):
        rolling.start(
            Listed(pairs.rows, pairs.columns, pairs.points, pairs.wanted * 2, pairs.seats, 1000),
            optimal.solve(pairs, ANY),
        )
