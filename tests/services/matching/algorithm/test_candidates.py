"""A mentee sees the best mentors who have room, and why."""

import pytest

from services.matching.algorithm import problem
from services.matching.algorithm.candidates import best_mentors
from tests.services.matching.algorithm.instances import Instance
from tests.services.matching.algorithm.people import person, pool

SCORES = {("n", "a"): 0.3, ("n", "b"): 0.9, ("n", "c"): 0.6}
GIVEN = Instance(SCORES, {"n": 1}, {"a": 1, "b": 1, "c": 2, "d": 1}).problem()


def names(taken: dict[str, int], count: int = 5) -> list[str]:
    return [one.mentor for one in best_mentors(GIVEN, "n", count, taken)]


def test_the_best_come_first_and_nobody_who_is_forbidden() -> None:
    assert names({}) == ["b", "c", "a"]
    assert names({}, count=2) == ["b", "c"]


def test_who_has_no_room_is_left_out() -> None:
    assert names({"b": 1, "c": 1}) == ["c", "a"]


def test_the_reasons_come_with_it() -> None:
    given = pool([person("n", skills=["python"])], [person("m", skills=["python"])])
    found = best_mentors(problem.of_profiles(given), "n", 1, {})[0]
    assert found.explanation is not None
    assert found.explanation.reasons[0].evidence == "in common: python"


def test_who_takes_no_part_has_no_ranking() -> None:
    with pytest.raises(KeyError):
        best_mentors(GIVEN, "nobody", 1, {})
