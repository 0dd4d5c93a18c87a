"""However a seat gets free, it is offered to those who wait, who come first in front."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.matching.choices.commands import AddExclusion
from services.matching.proposals.commands import RequestRematch, UnwindMatch
from services.matching.proposals.model.requests import MenteeRequests
from shared.contracts.intake import Role
from shared.ids import MatchId
from tests.scenario import Scenario
from tests.services.matching.program import (
    accept_both,
    capacity,
    check_nothing_waits,
    decline,
    left,
    pair,
    paused,
    profile,
    propose,
    proposed,
    publish,
    resumed,
    run,
    seats_are_free,
    take_part,
    with_people,
    withdrawn,
)
from tests.services.matching.waitlist.left_over import after_run, told, waiting

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def joins(scenario: Scenario, _: MatchId) -> None:
    take_part(scenario, "eve", Role.MENTOR, seats=1)


def raises_capacity(scenario: Scenario, _: MatchId) -> None:
    scenario.advance(SECOND).when(profile("ada", Role.MENTOR, seats=2))
    scenario.when(capacity("ada", Role.MENTOR, 2))


def resumes(scenario: Scenario, _: MatchId) -> None:
    scenario.when(resumed("idle", Role.MENTOR))


def is_unwound(scenario: Scenario, match: MatchId) -> None:
    accept_both(scenario, match)
    scenario.when(UnwindMatch(match_id=match))


def is_rematched(scenario: Scenario, match: MatchId) -> None:
    accept_both(scenario, match)
    scenario.when(RequestRematch(match_id=match), actor="person/p-ben")


def is_declined(scenario: Scenario, match: MatchId) -> None:
    decline(scenario, match, "ben")


def expires(scenario: Scenario, _: MatchId) -> None:
    scenario.advance(timedelta(days=7))


def is_kept_apart(scenario: Scenario, _: MatchId) -> None:
    scenario.when(AddExclusion(**pair("ada", "ben")))


def mentee_leaves(scenario: Scenario, _: MatchId) -> None:
    scenario.when(left("ben", Role.MENTEE))


def mentee_withdraws(scenario: Scenario, _: MatchId) -> None:
    scenario.when(withdrawn("ben", Role.MENTEE))


def mentee_pauses(scenario: Scenario, _: MatchId) -> None:
    scenario.when(paused("ben", Role.MENTEE))


def mentee_has_another(scenario: Scenario, _: MatchId) -> None:
    take_part(scenario, "eve", Role.MENTOR, seats=1)
    accept_both(scenario, propose(scenario, "eve", "ben"))


WAYS = [
    joins, raises_capacity, resumes, is_unwound, is_rematched, is_declined, expires, is_kept_apart, mentee_leaves,
    mentee_withdraws, mentee_pauses, mentee_has_another,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_however_a_seat_gets_free_it_is_offered_to_who_waits(way: Callable[[Scenario, MatchId], None]) -> None:
    scenario = with_people({"ada": 1, "idle": 1}, ["ben", "cleo"])
    scenario.when(paused("idle", Role.MENTOR))
    match = propose(scenario, "ada", "ben")
    publish(scenario, run(scenario))
    seats_are_free(scenario.advance(SECOND))
    assert told(scenario) == ["cleo"]
    way(scenario, match)
    seats_are_free(scenario)
    assert "cleo" in {mentee for _, mentee in proposed(scenario)}
    assert not waiting(scenario, "cleo")
    check_nothing_waits(scenario)


def test_a_mentor_who_joins_and_speaks_the_language_is_found_for_who_had_none_in_common() -> None:
    scenario = with_people({}, [])
    take_part(scenario, "ada", Role.MENTOR, languages=("en",))
    take_part(scenario, "gus", Role.MENTEE, languages=("tr",))
    publish(scenario, run(scenario))
    seats_are_free(scenario.advance(SECOND))
    assert scenario.get(MenteeRequests, "gus").reason == "no_common_language"
    take_part(scenario, "elif", Role.MENTOR, languages=("tr",))
    seats_are_free(scenario)
    assert proposed(scenario) == [("elif", "gus")]


def test_who_waits_longest_comes_first_and_of_the_same_run_whom_the_mentor_fits_best() -> None:
    scenario = with_people({}, [])
    take_part(scenario, "old", Role.MENTEE, goals=("sell",))
    publish(scenario, run(scenario))
    scenario.advance(DAY)
    for name, goals in (("cleo", ("lead", "paint")), ("dan", ("lead", "grow"))):
        take_part(scenario, name, Role.MENTEE, goals=goals)
    publish(scenario, run(scenario))
    scenario.advance(SECOND)
    for mentor in ("ada", "eve", "flo"):
        take_part(scenario, mentor, Role.MENTOR, seats=1, goals=("lead", "grow", "sell"))
        seats_are_free(scenario)
    assert [mentee for _, mentee in proposed(scenario)] == ["old", "dan", "cleo"]


def test_those_who_fit_nobody_do_not_keep_others_from_a_free_seat() -> None:
    scenario = with_people({}, [])
    for number in range(25):
        take_part(scenario, f"a{number:02}", Role.MENTEE, languages=("tr",))
    publish(scenario, run(scenario))
    scenario.advance(DAY)
    take_part(scenario, "zoe", Role.MENTEE, languages=("en",))
    publish(scenario, run(scenario))
    scenario.advance(DAY)
    take_part(scenario, "ada", Role.MENTOR, languages=("en",), seats=1)
    seats_are_free(scenario)
    assert proposed(scenario) == [("ada", "zoe")]


def test_more_seats_than_are_filled_at_once_are_filled_one_batch_after_the_other() -> None:
    mentees = [f"m{number:02}" for number in range(30)]
    scenario = after_run({}, mentees)
    take_part(scenario, "ada", Role.MENTOR, seats=30)
    for _ in range(2):
        seats_are_free(scenario)
    open_at_once = 20
    assert len(proposed(scenario)) == open_at_once
    take_part(scenario, "eve", Role.MENTOR, seats=30)
    for _ in range(2):
        seats_are_free(scenario)
    assert {mentee for _, mentee in proposed(scenario)} == {*mentees}
