"""Following people as they come and go is as good as solving again, and moves few."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from services.matching.algorithm import optimal, rolling
from services.matching.algorithm.augmenting_paths import NOBODY
from services.matching.algorithm.pairs import Listed
from services.matching.algorithm.program import Objective
from services.matching.algorithm.rolling import Rolling
from services.matching.algorithm.scored_pairs import ScoredPairs
from tests.benchmarks.matching_contenders.crowd import crowd
from tests.services.matching.algorithm.instances import random_table

ANY = Objective(worst="any", total="plain")


Table = np.ndarray[tuple[int, int], np.dtype[np.int32]]


def listed(
    table: Table,
    here: np.ndarray[tuple[int], np.dtype[np.bool_]],
    seats: list[int],
) -> Listed:
    rows, columns = np.nonzero(table >= 0)
    return Listed(
        rows, columns, table[rows, columns], here.astype(np.int64), np.minimum(np.array(seats), len(here)), 1000
    )


def scattered(seed: int, mentees: int, mentors: int, share: float) -> Table:
    """Points in thousandths; a share of the pairs is allowed."""
    points = (random_table(seed, mentees, mentors) * 1000).astype(np.int32)
    points[random_table(seed + 1000, mentees, mentors) > share] = -1
    return points


def again(state: Rolling, table: Table) -> tuple[int, int]:
    """Size and total by solving again for those who are here."""
    found = optimal.solve(listed(table, state.best.is_here, state.best.seats.tolist()), ANY)
    return found.size, found.total


def check(state: Rolling, table: Table) -> None:
    """Nobody has more than seats, and nobody is with somebody who is forbidden."""
    for mentor, holders in enumerate(state.holders):
        assert len(holders) <= state.best.seats[mentor]
        assert all(state.mentor_of[mentee] == mentor for mentee in holders)
    matched = np.flatnonzero(state.mentor_of != NOBODY)
    assert state.best.is_here[matched].all()
    assert (table[matched, state.mentor_of[matched]] >= 0).all()


@pytest.mark.parametrize("seed", range(12))
def test_after_every_event_it_is_as_good_as_solving_again(seed: int) -> None:
    random = Random(seed)
    table = scattered(seed, 14, 8, random.choice([1, 0.5, 0.25]))
    here = np.array([random.random() < 0.6 for _ in range(14)])
    pairs = listed(table, here, [random.randint(0, 3) for _ in range(8)])
    state = rolling.start(pairs, optimal.solve(pairs, ANY))
    check(state, table)
    for _ in range(40):
        act(state, random)
        check(state, table)
        assert (state.size, state.total) == again(state, table)


def act(state: Rolling, random: Random) -> tuple[int, set[int]]:
    """Something happens: how many are said to have moved, and whom it concerns."""
    mentee, mentor = random.randrange(len(state.mentor_of)), random.randrange(len(state.holders))
    what = random.choice(["person", "person", "more", "less", "accept"])
    if what == "more":
        return state.add_seat(mentor), set()
    if what == "less" and state.best.seats[mentor]:
        return state.remove_seat(mentor), set()
    if what == "accept" and state.mentor_of[mentee] != NOBODY:
        return state.accept(mentee), {mentee}
    if state.best.is_here[mentee]:
        return state.leave(mentee), {mentee}
    return state.arrive(mentee), {mentee}


@pytest.mark.parametrize("moves", [0, 1, 2, 3])
@pytest.mark.parametrize("seed", range(6))
def test_no_more_proposals_move_at_an_event_than_allowed(seed: int, moves: int) -> None:
    random = Random(seed)
    table = scattered(seed, 14, 8, random.choice([1, 0.5, 0.25]))
    pairs = listed(
        table, np.array([random.random() < 0.6 for _ in range(14)]), [random.randint(0, 3) for _ in table[0]]
    )
    state = rolling.start(pairs, optimal.solve(pairs, ANY), moves)
    for _ in range(60):
        before, holders = state.mentor_of.copy(), [{*one} for one in state.holders]
        told, concerned = act(state, random)
        check(state, table)
        moved = {*np.flatnonzero((before != NOBODY) & (before != state.mentor_of)).tolist()} - concerned
        lost_a_seat = any(len(one) > seats for one, seats in zip(holders, state.best.seats, strict=True))
        assert len(moved) - lost_a_seat <= told <= moves


@pytest.mark.parametrize("seed", range(4))
def test_accepted_pairs_leave_the_problem_with_their_seats(seed: int) -> None:
    table = scattered(seed, 10, 6, 0.7)
    pairs = listed(table, np.ones(10, dtype=bool), [2] * 6)
    state = rolling.start(pairs, optimal.solve(pairs, ANY), 1)
    mentee = int(np.flatnonzero(state.mentor_of != NOBODY)[seed])
    mentor = int(state.mentor_of[mentee])
    state.accept(mentee)
    assert not state.best.is_here[mentee]
    assert state.best.seats[mentor] == 1
    state.arrive(mentee)
    assert len(state.holders[mentor]) <= 1


def test_one_move_at_an_arrival_loses_less_than_three_thousandths_on_synthetic_people() -> None:
    scored = ScoredPairs(crowd(200, 120))
    table = np.full((200, 120), -1, dtype=np.int32)
    for block in scored.blocks():
        table[np.ix_(block.rows, block.columns)] = block.points
    pairs = replace(listed(table, np.zeros(200, dtype=bool), scored.seats.tolist()), scale=scored.scale)
    state = rolling.start(pairs, optimal.solve(pairs, ANY), 1)
    shares = []
    for mentee in np.random.default_rng(3).permutation(200).tolist():
        assert state.arrive(mentee) <= 1
        shares.append(state.total / state.best.total)
    assert np.mean(shares) >= 0.997


def test_so_many_moves_as_minus_one_are_refused() -> None:
    pairs = listed(scattered(1, 2, 2, 1), np.array([True, True]), [1, 1])
    with pytest.raises(ValueError, match="moves must be 0 or more"):
        rolling.start(pairs, optimal.solve(pairs, ANY), -1)


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
    assert (state.size, state.total) == again(state, table)


def test_a_mentee_who_wants_two_mentors_is_refused() -> None:
    pairs = listed(scattered(1, 2, 2, 1), np.array([True, True]), [1, 1])
    with pytest.raises(ValueError, match="want one mentor"):
        rolling.start(
            Listed(pairs.rows, pairs.columns, pairs.points, pairs.wanted * 2, pairs.seats, 1000),
            optimal.solve(pairs, ANY),
        )
