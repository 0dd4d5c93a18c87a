"""What another pair would cost is exact, and a pair that is forbidden is told why."""

from collections.abc import Iterable
from random import Random
from typing import Any

import pytest

from services.matching.algorithm import costs, problem
from services.matching.algorithm.optimal import solve
from services.matching.algorithm.result import WhatIf
from services.matching.algorithm.strategies import Options, match
from tests.services.matching.algorithm.instances import PLAIN, Instance, Value, instance, matchings, value_of
from tests.services.matching.algorithm.people import person, pool


def by_trying(given: Instance, pair: tuple[str, str]) -> Value:
    """What the best matching with the pair is worth: the most people, then pairs, then the worst of the others."""

    def value(pairs: Iterable[tuple[str, str]]) -> tuple[int, int, float, float]:
        pairs = [*pairs]
        others = [given.scores[one] for one in pairs if one != pair]
        return len({mentee for mentee, _ in pairs}), len(others), min(others, default=0), round(sum(others), 9)

    return value_of(given, max((pairs for pairs in matchings(given) if pair in pairs), key=value))


@pytest.mark.parametrize("seed", range(10))
def test_what_a_pair_would_change_is_what_trying_all_matchings_finds(seed: int) -> None:
    random = Random(seed)
    for _ in range(5):
        given = instance(random, mentees=4, mentors=3)
        asked = [pair for pair in given.scores if given.mentees[pair[0]] and given.mentors[pair[1]]]
        result = match(given.problem(), Options(what_if=tuple(asked)))
        for told, pair in zip(result.what_if, asked, strict=True):
            best = by_trying(given, pair)
            assert told.mentees == best.mentees - result.matched_mentees
            assert told.size == best.size - result.size
            assert told.worst == pytest.approx(best.worst - (result.worst or 0))
            assert told.total == pytest.approx(best.total - result.total)


def asked_about(mentee: dict[str, Any], mentor: dict[str, Any], **constraints: Any) -> WhatIf:
    given = pool([person("n", **mentee)], [person("m", **mentor)], constraints=constraints)
    return match(problem.of_profiles(given), Options(what_if=(("n", "m"),))).what_if[0]


@pytest.mark.parametrize(
    ("mentee", "mentor", "constraints", "words"),
    [
        ({"languages": ["it"]}, {"languages": ["en"]}, {}, "n shares no language with m"),
        (
            {"organization": "a"},
            {"organization": "a"},
            {"organizations": "other"},
            "n is of the same organization as m",
        ),
        ({"excludes": ["m"]}, {}, {}, "n was excluded with m"),
        ({"managers": ["m"]}, {}, {}, "n is in one reporting line with m"),
        ({"skills": ["a"]}, {"skills": ["b"]}, {"minimum_score": 0.9}, "n scores too low with m"),
        ({"capacity": 0}, {}, {}, "one of them has a capacity of 0"),
        ({}, {"is_eligible": False}, {}, "one of them is not eligible by the rules of the program"),
    ],
)
def test_a_pair_that_is_forbidden_is_told_why(
    mentee: dict[str, Any], mentor: dict[str, Any], constraints: dict[str, Any], words: str
) -> None:
    told = asked_about(mentee, mentor, **constraints)
    assert (told.words, told.score, told.size) == (words, None, None)


def test_a_pair_that_is_matched_costs_nothing() -> None:
    assert asked_about({}, {}).words == "costs nothing"


def test_a_pair_that_is_not_listed_is_told_so() -> None:
    given = Instance({("a", "X"): 0.9}, {"a": 1, "b": 1}, {"X": 1}).problem()
    assert match(given, Options(what_if=(("b", "X"),))).what_if[0].code == "not_listed"


@pytest.mark.parametrize("seed", range(6))
def test_with_few_pairs_remembered_a_cost_is_exact_or_too_low(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(seed)
    scores = {(f"n{at}", f"m{to}"): random.randint(0, 100) / 100 for at in range(12) for to in range(9)}
    given = Instance(scores, {f"n{at}": 1 for at in range(12)}, {f"m{to}": 1 for to in range(9)}).problem()
    found = solve(given.pairs, PLAIN)
    whole = costs.Costs(given.pairs, found)
    monkeypatch.setattr(costs, "MOST_PAIRS", 40)
    few = costs.Costs(given.pairs, found)
    assert len(few.keys) <= 40
    exact = 0
    for mentor in range(9):
        for mentee in range(12):
            true, told = whole.of(mentor, mentee), few.of(mentor, mentee)
            assert true[1]
            assert told == true if told[1] else true[0] is None or (told[0] or 0) <= true[0]
            exact += told[1]
    assert exact
