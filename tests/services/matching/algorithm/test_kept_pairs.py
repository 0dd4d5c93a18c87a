"""Solving again keeps what was accepted, and changes no more proposals than it may."""

from random import Random

import pytest

from services.matching.algorithm.result import Result
from services.matching.algorithm.strategies import Options, match
from tests.services.matching.algorithm.instances import Instance

SCORES = {("a", "X"): 0.5, ("a", "Y"): 0.9, ("b", "X"): 0.9, ("b", "Y"): 0.5, ("c", "Z"): 0.4, ("c", "X"): 0.6}
SWAPPED = Instance(SCORES, dict.fromkeys("abc", 1), dict.fromkeys("XYZ", 1))
PROPOSED = (("a", "X"), ("b", "Y"))


def pairs(result: Result) -> set[tuple[str, str]]:
    return {(one.mentee, one.mentor) for one in result.matches}


def test_as_many_proposals_change_as_pay_by_default() -> None:
    result = match(SWAPPED.problem(), Options(strategy="rolling", proposed=PROPOSED))
    assert pairs(result) == {("a", "Y"), ("b", "X"), ("c", "Z")}


@pytest.mark.parametrize("moves", [0, 1])
def test_none_changes_where_a_swap_would_take_more_moves_than_allowed(moves: int) -> None:
    result = match(SWAPPED.problem(), Options(strategy="rolling", proposed=PROPOSED, moves=moves))
    assert {*PROPOSED} <= pairs(result)


def test_moves_are_not_made_even_to_match_more() -> None:
    scores = {("a", "X"): 0.5, ("a", "Y"): 0.5, ("b", "X"): 0.9}
    given = Instance(scores, {"a": 1, "b": 1}, {"X": 1, "Y": 1}).problem()
    proposed = (("a", "X"),)
    assert pairs(match(given, Options(strategy="rolling", proposed=proposed, moves=0))) == {("a", "X")}
    assert pairs(match(given, Options(strategy="rolling", proposed=proposed, moves=1))) == {("a", "Y"), ("b", "X")}


def test_whoever_has_an_accepted_pair_comes_after_those_who_have_none() -> None:
    scores = {("m", "A"): 1.0, ("m", "B"): 0.9, ("n", "B"): 0.1}
    given = Instance(scores, {"m": 2, "n": 1}, {"A": 1, "B": 1}).problem()
    assert pairs(match(given, Options(strategy="rolling", accepted=(("m", "A"),)))) == {("m", "A"), ("n", "B")}


@pytest.mark.parametrize("seed", range(8))
def test_no_more_proposals_change_than_allowed_and_accepted_pairs_stay(seed: int) -> None:
    random = Random(seed)
    mentees, mentors = [f"n{at}" for at in range(8)], [f"m{at}" for at in range(5)]
    scores = {(one, other): random.random() for one in mentees for other in mentors if random.random() < 0.7}
    given = Instance(scores, dict.fromkeys(mentees, 1), dict.fromkeys(mentors, 2)).problem()
    before = [(one.mentee, one.mentor) for one in match(given, Options(strategy="stable")).matches]
    random.shuffle(before)
    accepted, proposed = tuple(before[:2]), tuple(before[2:])
    for moves in range(4):
        after = pairs(match(given, Options(strategy="rolling", accepted=accepted, proposed=proposed, moves=moves)))
        assert {*accepted} <= after
        assert len({*proposed} - after) <= moves


def test_a_proposal_of_the_highest_score_is_kept_where_gains_are_balanced() -> None:
    scores = {("a", "X"): 1.0, ("a", "Y"): 0.99, ("b", "X"): 0.99, ("b", "Y"): 1.0}
    given = Instance(scores, {"a": 1, "b": 1}, {"X": 1, "Y": 1})
    balanced = given.problem(given.problem().objective.model_copy(update={"worst": "any", "total": "balanced"}))
    assert pairs(match(balanced, Options(strategy="rolling", proposed=(("a", "X"),)))) == {("a", "X"), ("b", "Y")}
