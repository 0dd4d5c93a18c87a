"""A proposal that nobody answers bars the two for a while only, and never a manager; a no bars them for good."""

from datetime import timedelta

import pytest

from services.matching.choices.commands import PinMatch, RankMentors
from services.matching.proposals.model.match_status import MatchStatus
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.runs.commands import RequestMatchRun
from services.matching.runs.model.run_settings import RunStrategy
from shared.contracts.intake import Role
from shared.contracts.matching import MatchExpired, MatchRunCompleted
from shared.engine.authoring.answer import Answer
from shared.errors import Refusal
from shared.ids import ApplicationId
from tests.scenario import START, Scenario
from tests.services.matching.program import (
    PROGRAM,
    accept,
    check_nothing_waits,
    code,
    decline,
    last,
    match_both,
    of,
    pair,
    propose,
    proposed,
    publish,
    seats_are_free,
    status,
    take_part,
    try_to_propose,
    with_people,
)

MILLISECOND, DAY, WEEK = timedelta(milliseconds=1), timedelta(days=1), timedelta(days=7)
BARRED = timedelta(days=30)


def silent(mentors: dict[str, int] | None = None, mentees: list[str] | None = None) -> Scenario:
    """Ada and Ben have let a proposal expire."""
    scenario = with_people(mentors or {"ada": 1}, mentees or ["ben"])
    propose(scenario, "ada", "ben")
    scenario.advance(WEEK).perform()
    assert len(of(scenario, MatchExpired)) == 1
    return scenario


def rank(scenario: Scenario, *mentors: str) -> Answer:
    ids = tuple(ApplicationId(mentor) for mentor in mentors)
    command = RankMentors(program_id=PROGRAM, mentee_application_id=ApplicationId("ben"), mentor_application_ids=ids)
    return scenario.when(command, actor="person/p-ben")


def match_pool(scenario: Scenario, strategy: RunStrategy = "optimal") -> None:
    """A run over the pool is published."""
    scenario.when(RequestMatchRun(program_id=PROGRAM, strategy=strategy))
    scenario.perform()
    publish(scenario, last(scenario, MatchRunCompleted).run_id)
    scenario.advance(timedelta(seconds=1))


@pytest.mark.parametrize("half_accepted_by", [None, "ada", "ben"])
def test_a_manager_may_propose_the_two_again_at_once(half_accepted_by: str | None) -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    if half_accepted_by:
        accept(scenario, match, half_accepted_by)
    scenario.advance(WEEK)
    assert try_to_propose(scenario, "ada", "ben").status == 201


@pytest.mark.parametrize("who", ["ada", "ben"])
def test_after_a_no_a_manager_is_told_why_and_what_to_do(who: str) -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    decline(scenario, propose(scenario, "ada", "ben"), who)
    scenario.advance(2 * BARRED)
    refused = try_to_propose(scenario, "ada", "ben")
    assert (refused.status, code(refused)) == (409, "already-asked")
    assert str(refused.error) == (
        "One of these two has said no to the other, and nobody is asked twice: choose another mentor. "
        "Their declined match says who and why."
    )


def test_a_search_asks_once_more_after_thirty_days_when_nobody_else_is_left() -> None:
    scenario = silent()
    assert scenario.get(MenteeRequests, "ben").reason == "everybody_asked"
    scenario.advance(BARRED - MILLISECOND).perform()
    assert len(proposed(scenario)) == 1
    scenario.advance(MILLISECOND).perform()
    assert proposed(scenario) == [("ada", "ben")] * 2
    check_nothing_waits(scenario)


def test_who_was_told_that_they_wait_before_is_looked_for_when_the_silence_is_over() -> None:
    scenario = with_people({}, ["ben"])
    match_pool(scenario)
    scenario.advance(5 * DAY)
    take_part(scenario, "ada", Role.MENTOR, seats=1)
    seats_are_free(scenario)
    scenario.advance(WEEK).perform()
    expired = scenario.now
    for _ in range(29):
        scenario.advance(DAY).perform()
    assert len(proposed(scenario)) == 1
    scenario.advance(DAY).perform()
    assert len(proposed(scenario)) == 2
    assert scenario.now == expired + BARRED


def test_who_was_asked_once_more_and_is_silent_again_is_barred_anew() -> None:
    scenario = silent()
    scenario.advance(BARRED).perform()
    scenario.advance(WEEK).perform()
    scenario.advance(BARRED - MILLISECOND).perform()
    assert len(proposed(scenario)) == 2
    scenario.advance(MILLISECOND).perform()
    assert len(proposed(scenario)) == 3


def test_a_no_is_no_silence_and_is_never_searched_again() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    decline(scenario, propose(scenario, "ada", "ben"), "ada")
    for _ in range(4):
        scenario.advance(BARRED).perform()
    match_pool(scenario)
    assert len(proposed(scenario)) == 1


def test_a_search_asks_somebody_else_before_who_was_silent_however_well_they_fit() -> None:
    scenario = with_people({}, [])
    take_part(scenario, "ada", Role.MENTOR, seats=1, goals=("lead", "grow"))
    take_part(scenario, "ben", Role.MENTEE, goals=("lead", "grow"))
    propose(scenario, "ada", "ben")
    scenario.advance(WEEK).perform()
    scenario.advance(BARRED - DAY)
    take_part(scenario, "eve", Role.MENTOR, seats=1, goals=("lead",))
    scenario.advance(DAY).perform().perform()
    assert proposed(scenario)[1:] == [("eve", "ben")]


def test_a_seat_that_gets_free_does_not_bring_back_who_was_silent_before_time() -> None:
    scenario = silent({"ada": 2})
    seats_are_free(scenario)
    assert len(proposed(scenario)) == 1


@pytest.mark.parametrize("strategy", ["optimal", "stable", "group"])
def test_a_run_leaves_who_was_silent_alone_for_thirty_days_and_then_asks_who_has_nobody_else(
    strategy: RunStrategy,
) -> None:
    scenario = silent({"ada": 2}, ["ben", "cleo"])
    match_both(scenario, "ada", "cleo")
    scenario.store.collections["timers"].clear()  # only the run is to look
    match_pool(scenario, strategy)
    assert len(proposed(scenario)) == 2
    scenario.now = START + WEEK + BARRED
    match_pool(scenario, strategy if strategy != "group" else "optimal")
    assert proposed(scenario)[2:] == [("ada", "ben")]


def test_a_run_gives_a_mentee_somebody_else_before_who_was_silent() -> None:
    scenario = with_people({}, [])
    take_part(scenario, "ada", Role.MENTOR, seats=1, goals=("lead", "grow"))
    take_part(scenario, "ben", Role.MENTEE, goals=("lead", "grow"))
    propose(scenario, "ada", "ben")
    scenario.advance(WEEK).perform()
    scenario.store.collections["timers"].clear()
    scenario.now = START + WEEK + BARRED
    take_part(scenario, "eve", Role.MENTOR, seats=1, goals=("lead",))
    match_pool(scenario)
    assert proposed(scenario)[1:] == [("eve", "ben")]


def test_a_run_asks_once_more_who_was_silent_so_that_nobody_is_left_over() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben", "cleo"])
    silent_to_ben = propose(scenario, "ada", "ben")
    scenario.advance(WEEK)
    assert status(scenario, silent_to_ben) is MatchStatus.EXPIRED
    scenario.store.collections["timers"].clear()
    scenario.store.collections["effects"].clear()
    decline(scenario, propose(scenario, "ada", "cleo"), "cleo")
    scenario.store.collections["effects"].clear()
    scenario.now = START + WEEK + BARRED
    match_pool(scenario)
    assert sorted(proposed(scenario)[2:]) == [("ada", "ben"), ("eve", "cleo")]


def test_a_pin_has_a_run_ask_who_was_silent_at_once() -> None:
    scenario = silent()
    assert scenario.when(PinMatch(**pair("ada", "ben"))).status == 201
    match_pool(scenario)
    assert proposed(scenario) == [("ada", "ben")] * 2


def test_a_mentee_may_rank_who_was_silent_after_thirty_days_and_is_told_when() -> None:
    scenario = silent()
    refused = rank(scenario, "ada")
    assert isinstance(refused.error, Refusal)
    assert (refused.status, code(refused)) == (409, "asked-lately")
    assert "wait until 2027-02-10, or have those who run the program propose them by hand" in str(refused.error)
    assert refused.error.members["asked_again_at"] == "2027-02-10T09:00:00+00:00"
    scenario.store.collections["timers"].clear()
    scenario.now = START + WEEK + BARRED
    assert rank(scenario, "ada").status == 200
    scenario.perform()
    assert len(proposed(scenario)) == 2
