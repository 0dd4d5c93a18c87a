"""What forbids a pair does so whatever its score, and nothing that was not stated does."""

from typing import Any

import pytest

from services.matching.algorithm.scored_pairs import ScoredPairs
from tests.services.matching.algorithm.people import person, points, pool


def is_allowed(mentee: dict[str, Any], mentor: dict[str, Any], **constraints: Any) -> bool:
    return points(mentee, mentor, constraints=constraints) >= 0


def test_a_common_language_is_needed_where_both_said_what_they_speak() -> None:
    assert not is_allowed({"languages": ["en"]}, {"languages": ["de"]})
    assert is_allowed({"languages": ["en", "de"]}, {"languages": ["de"]})
    assert is_allowed({}, {"languages": ["de"]})
    assert is_allowed({"languages": ["en"]}, {"languages": ["de"]}, common_language=False)


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ({"place": "Rome", "is_remote": False}, {"place": "Oslo", "is_remote": False}, False),
        ({"place": "Rome", "is_remote": False}, {"place": "rome", "is_remote": False}, True),
        ({"place": "Rome", "is_remote": True}, {"place": "Oslo", "is_remote": True}, True),
        ({"place": "Rome", "is_remote": True}, {"place": "Oslo", "is_remote": False}, False),
        ({"place": "Rome"}, {"place": "Oslo", "is_remote": False}, True),
    ],
)
def test_two_meet_at_one_place_or_both_remotely(mine: dict[str, Any], theirs: dict[str, Any], expected: bool) -> None:
    assert is_allowed(mine, theirs) is expected


@pytest.mark.parametrize(
    ("rule", "same", "other"), [("any", True, True), ("same", True, False), ("other", False, True)]
)
def test_organizations_are_kept_together_or_apart(rule: str, same: bool, other: bool) -> None:
    assert is_allowed({"organization": "a"}, {"organization": "A"}, organizations=rule) is same
    assert is_allowed({"organization": "a"}, {"organization": "b"}, organizations=rule) is other


def test_competitors_are_kept_apart() -> None:
    groups = [["a", "b"], ["c", "d"]]
    assert not is_allowed({"organization": "a"}, {"organization": "b"}, competitors=groups)
    assert is_allowed({"organization": "a"}, {"organization": "c"}, competitors=groups)
    assert is_allowed({"organization": "a"}, {"organization": "a"}, competitors=groups)


def test_regions_can_be_kept_together() -> None:
    assert not is_allowed({"region": "emea"}, {"region": "apac"}, same_region=True)


def test_nobody_is_their_own_mentor() -> None:
    assert not is_allowed({"person": "ann"}, {"person": "ann"})


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"managers": ["mentor"]}, {}),
        ({"managers": ["boss", "mentor"]}, {}),
        ({}, {"managers": ["mentee"]}),
        ({}, {"managers": ["boss", "mentee"]}),
    ],
)
def test_a_manager_a_skip_level_and_reports_are_forbidden(mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert not is_allowed(mine, theirs)


def test_a_managers_manager_is_known_from_the_manager() -> None:
    mentees = [person("mentee", managers=["boss"]), person("boss", managers=["head"])]
    pairs = ScoredPairs(pool(mentees, [person("head")]))
    assert {pairs.mentees[row].id for row in pairs.barred["reporting_line"][0].tolist()} == {"mentee", "boss"}


def test_excluded_pairs_and_pairs_that_failed_before_are_forbidden() -> None:
    assert not is_allowed({"excludes": ["mentor"]}, {})
    assert not is_allowed({}, {"excludes": ["mentee"]})
    assert not is_allowed({}, {}, excluded=[("mentee", "mentor")])
    assert not is_allowed({}, {}, failed=[("mentee", "mentor")])


def test_a_hard_minimum_forbids_what_scores_less() -> None:
    assert not is_allowed({"skills": ["a"]}, {"skills": ["b"]}, minimum_score=0.5)
    assert is_allowed({"skills": ["a"]}, {"skills": ["a"]}, minimum_score=0.5)


def test_who_has_no_seat_or_is_not_eligible_takes_no_part() -> None:
    given = pool([person("a", is_eligible=False), person("b")], [person("c", capacity=0)])
    assert [one.id for one in given.open_mentees] == ["b"]
    assert given.open_mentors == ()
