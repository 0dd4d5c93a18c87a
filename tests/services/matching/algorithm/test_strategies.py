"""A result says who with whom and why, what is proved, and what it follows from."""

from collections.abc import Mapping
from itertools import combinations
from random import Random
from typing import Any

import pytest

from services.matching.algorithm import problem
from services.matching.algorithm.both_sides import Pool
from services.matching.algorithm.people import Person
from services.matching.algorithm.program import Objective
from services.matching.algorithm.result import Result
from services.matching.algorithm.strategies import Options, match
from tests.services.matching.algorithm.instances import PLAIN, Instance, best_by_trying, instance, matchings, value_of
from tests.services.matching.algorithm.people import person, pool


def reason_of(result: Result, id: str) -> tuple[str, dict[str, int]]:
    found = next(one for one in result.unmatched if one.id == id)
    assert found.reason
    return found.code, dict(found.figures)


def test_two_pairs_that_score_nothing_are_matched() -> None:
    given = Instance({("a", "X"): 0.0, ("b", "Y"): 0.0}, {"a": 1, "b": 1}, {"Y": 1, "X": 1})
    assert [(one.mentee, one.mentor) for one in match(given.problem()).matches] == [("a", "X"), ("b", "Y")]


def test_the_same_record_gives_the_same_result() -> None:
    given = instance(Random(4), mentees=9, mentors=6)
    assert match(given.problem()) == match(given.problem())


def test_a_reason_names_evidence_and_the_parts_add_up() -> None:
    given = pool(
        [person("n", skills=["python", "sql"], goals=["lead"])], [person("m", skills=["python"], goals=["lead"])]
    )
    found = match(problem.of_profiles(given), Options(is_explained=True)).matches[0]
    assert found.explanation is not None
    why = {reason.criterion: reason for reason in found.explanation.reasons}
    assert why["skills"].value == pytest.approx(0.5)
    assert why["skills"].evidence == "in common: python; also wanted: sql"
    assert why["seniority"].value is None
    assert sum(one.contribution for one in why.values()) + found.explanation.prior == pytest.approx(
        found.score, abs=2e-6
    )


def test_ranks_count_all_who_are_allowed() -> None:
    scores = {("a", "X"): 0.9, ("b", "X"): 0.8, ("a", "Y"): 0.85, ("b", "Y"): 0.1}
    given = Instance(scores, {"a": 1, "b": 1}, {"X": 1, "Y": 1}).problem()
    ranks = {
        one.mentee: (one.explanation.rank_of_mentor, one.explanation.rank_of_mentee)
        for one in match(given, Options(is_explained=True)).matches
        if one.explanation
    }
    assert ranks == {"a": (2, 1), "b": (1, 2)}


def forced(given: Instance, pair: tuple[str, str], objective: Objective) -> float | None:
    """The best total of all matchings of as many people and pairs, with no worse worst, that have the pair."""
    best = best_by_trying(given, objective)
    size, worst = best.size, best.worst
    found = [pairs for pairs in matchings(given) if value_of(given, pairs, objective)[:3] == best[:3] and pair in pairs]
    totals = [
        sum(given.scores[one] for one in pairs)
        for pairs in found
        if min(given.scores[one] for one in pairs if one != pair or size == 1) >= worst or size == 1
    ]
    return max(totals, default=None)


@pytest.mark.parametrize("count_mentors", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_the_cost_of_another_pair_is_what_the_others_would_lose(seed: int, count_mentors: bool) -> None:
    random, objective = Random(seed), PLAIN.model_copy(update={"count_mentors": count_mentors})
    for _ in range(10):
        given = instance(random)
        result = match(given.problem(objective), Options(is_explained=True))
        for one in result.matches:
            other = one.explanation.alternative if one.explanation else None
            if other is None or other.score < (result.worst or 0):
                continue
            total = forced(given, (one.mentee, other.mentor), objective)
            if total is None:
                assert other.cost is None
            else:
                assert other.cost == pytest.approx(result.total - one.score - (total - other.score), abs=1e-6)


@pytest.mark.parametrize(
    ("mentee", "mentor", "constraints", "code"),
    [
        ({"languages": ["it"]}, {"languages": ["en"]}, {}, "no_common_language"),
        ({"organization": "a"}, {"organization": "a"}, {"organizations": "other"}, "same_organization"),
        ({"excludes": ["m"]}, {}, {}, "excluded"),
        ({"skills": ["a"]}, {"skills": ["b"]}, {"minimum_score": 0.9}, "score_too_low"),
        ({"capacity": 0}, {}, {}, "no_seats"),
        ({"is_eligible": False}, {}, {}, "not_eligible"),
    ],
)
def test_who_has_nobody_left_is_told_the_constraint(
    mentee: dict[str, Any], mentor: dict[str, Any], constraints: dict[str, Any], code: str
) -> None:
    given = pool([person("n", **mentee)], [person("m", **mentor)], constraints=constraints)
    assert reason_of(match(problem.of_profiles(given)), "n")[0] == code


def test_who_competes_for_too_few_seats_is_told_how_many_do() -> None:
    scores = {(f"n{at}", "m"): at / 20 for at in range(12)} | {("o", "p"): 0.5}
    given = Instance(scores, {f"n{at}": 1 for at in range(12)} | {"o": 1}, {"m": 9, "p": 1})
    result = match(given.problem())
    assert reason_of(result, "n0") == ("too_few_seats", {"mentees": 12, "seats": 9})


@pytest.mark.parametrize("seed", range(10))
def test_who_is_left_without_anybody_competes_for_too_few_seats_indeed(seed: int) -> None:
    random = Random(seed)
    for _ in range(20):
        given = instance(random, mentees=6)
        for one in match(given.problem()).unmatched:
            if one.side == "mentee" and one.code not in {"no_seats", "nobody_there", "not_listed"}:
                assert one.code == "too_few_seats"
                assert one.figures["mentees"] > one.figures["seats"]
                assert is_group(given, one.id, one.figures)


def is_group(given: Instance, mentee: str, figures: Mapping[str, int]) -> bool:
    """Whether some mentors have so many seats, and so many mentees, this one among them, could have nobody else."""
    mentors = [one for one, seats in given.mentors.items() if seats]
    for some in (chosen for count in range(len(mentors) + 1) for chosen in combinations(mentors, count)):
        others = {one for one, other in given.scores if other in mentors and other not in some}
        inside = {one for one, other in given.scores if other in some and given.mentees[one]} - others
        seats = sum(given.mentors[one] for one in some)
        if mentee in inside and (len(inside), seats) == (figures["mentees"], figures["seats"]):
            return True
    return False


def test_where_pairs_are_kept_from_before_the_reason_names_no_competition_that_there_is_not() -> None:
    scores = {("m", "A"): 1.0, ("m", "B"): 0.25, ("n", "A"): 0.5}
    given = Instance(scores, {"m": 2, "n": 1}, {"A": 1, "B": 1}).problem()
    result = match(given, Options(strategy="rolling", accepted=(("m", "A"),)))
    assert reason_of(result, "n") == ("seats_needed", {"others": 1})


def test_who_finds_no_group_is_not_told_that_mentors_prefer_others() -> None:
    given = Instance({("m", "A"): 1.0}, {"m": 1}, {"A": 2}).problem()
    result = match(given, Options(strategy="group", smallest=2))
    assert reason_of(result, "m") == ("no_group", {"others": 1})
    assert reason_of(result, "A") == ("no_group", {"others": 1})


def test_an_idle_mentor_is_told_that_others_were_chosen() -> None:
    result = match(Instance({("a", "X"): 0.9, ("a", "Y"): 0.1}, {"a": 1}, {"X": 1, "Y": 1}).problem())
    assert reason_of(result, "Y") == ("matched_elsewhere", {"others": 1})


def test_groups_of_five_or_more_are_compared_and_smaller_ones_hidden() -> None:
    mentees = [person(f"n{at}", groups={"gender": "f" if at < 6 else "x"}) for at in range(8)]
    result = match(problem.of_profiles(pool(mentees, [person("m", capacity=4)])))
    shown = result.figures.groups
    assert [(one.group, one.people) for one in shown] == [("f", 6)]
    assert shown[0].match_rate == shown[0].matched / 6


def test_accepted_pairs_stay_and_proposed_ones_need_a_reason_to_move() -> None:
    scores = {("a", "X"): 0.5, ("a", "Y"): 0.53, ("b", "X"): 0.53, ("b", "Y"): 0.5, ("c", "Z"): 0.1, ("c", "X"): 0.9}
    given = Instance(scores, dict.fromkeys("abc", 1), dict.fromkeys("XYZ", 1)).problem()
    wishes = Options(strategy="rolling", accepted=(("c", "Z"),), proposed=(("a", "X"), ("b", "Y")))
    assert {(one.mentee, one.mentor) for one in match(given, wishes).matches} == {("a", "X"), ("b", "Y"), ("c", "Z")}


@pytest.mark.parametrize("seed", range(6))
def test_a_mentor_has_no_group_or_one_that_is_large_enough(seed: int) -> None:
    random = Random(seed)
    for _ in range(5):
        given = instance(random, mentees=6, mentors=3)
        result = match(given.problem(), Options(strategy="group", smallest=2))
        best = max(
            (
                (len(pairs), round(sum(given.scores[one] for one in pairs), 6))
                for pairs in matchings(given)
                if all(sum(other[1] == one[1] for other in pairs) >= 2 for one in pairs)
            ),
        )
        assert (result.size, round(result.total, 6)) == best


def test_the_gap_of_another_strategy_is_proved_too() -> None:
    scores = {("a", "X"): 0.9, ("b", "X"): 0.8, ("a", "Y"): 0.85, ("b", "Y"): 0.1}
    given = Instance(scores, {"a": 1, "b": 1}, {"X": 1, "Y": 1}).problem()
    assert match(given, Options(strategy="stable")).gap == pytest.approx((1.65 - 1) / 1.65)


def test_an_id_cannot_stand_twice_on_a_side() -> None:
    with pytest.raises(ValueError, match="repeat an id: a"):
        Pool(mentees=(Person(id="a"), Person(id="a")), mentors=())


def test_one_person_on_both_sides_is_matched_with_others() -> None:
    result = match(problem.of_profiles(pool([person("a"), person("b")], [person("a"), person("c")])))
    assert {(one.mentee, one.mentor) for one in result.matches} == {("a", "c"), ("b", "a")}
