"""Accepted matches that end early: the seat is free, the mentee comes first, and the two never meet again."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.matching.proposals.commands import RequestRematch, UnwindMatch
from services.matching.proposals.model.match_status import MatchStatus
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.waitlist.freed_seats import SOON
from shared.contracts.intake import Role
from shared.contracts.matching import MatchUnwound, RematchRequested
from shared.engine.authoring.answer import Answer
from shared.errors import Refusal
from shared.ids import MatchId
from tests.scenario import Scenario
from tests.services.matching.program import (
    accept,
    accept_both,
    check_nothing_waits,
    code,
    decline,
    match_both,
    of,
    propose,
    proposed,
    status,
    try_to_propose,
    with_people,
    withdrawn,
)

WEEK = timedelta(days=7)


def unwind(scenario: Scenario, match: MatchId) -> Answer:
    return scenario.when(UnwindMatch(match_id=match))


def rematch(scenario: Scenario, match: MatchId, name: str = "", on_behalf_of: Role | None = None) -> Answer:
    actor = f"person/p-{name}" if name else None
    return scenario.when(RequestRematch(match_id=match, on_behalf_of=on_behalf_of), actor=actor)


def test_an_unwound_match_frees_the_seat_and_the_mentee_goes_on_first_of_all() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben"])
    match = match_both(scenario, "ada", "ben")
    assert unwind(scenario, match).status == 200
    assert status(scenario, match) is MatchStatus.UNWOUND
    assert [event.reason for event in of(scenario, MatchUnwound)] == ["staff"]
    assert of(scenario, RematchRequested) == []
    assert scenario.get(MentorSeats, "ada").accepted == []
    mentee = scenario.get(MenteeRequests, "ben")
    assert (mentee.accepted, mentee.has_priority) == ([], True)
    scenario.perform()
    assert proposed(scenario)[1:] == [("eve", "ben")]
    check_nothing_waits(scenario)


def test_two_whose_match_has_ended_are_not_proposed_to_each_other_again() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    unwind(scenario, match_both(scenario, "ada", "ben"))
    scenario.perform()
    assert proposed(scenario) == [("ada", "ben")]
    assert scenario.get(MenteeRequests, "ben").reason == "everybody_asked"
    assert code(try_to_propose(scenario, "ada", "ben")) == "already-asked"


@pytest.mark.parametrize(("name", "role"), [("ada", Role.MENTOR), ("ben", Role.MENTEE)])
def test_either_of_the_two_asks_for_a_rematch_without_a_reason(name: str, role: Role) -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben"])
    assert rematch(scenario, match_both(scenario, "ada", "ben"), name).status == 200
    assert [event.requested_by for event in of(scenario, RematchRequested)] == [role]
    assert [event.reason for event in of(scenario, MatchUnwound)] == ["rematch"]
    scenario.perform()
    assert proposed(scenario)[1:] == [("eve", "ben")]


def test_those_who_run_the_program_say_for_whom_they_ask() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match = match_both(scenario, "ada", "ben")
    refused = rematch(scenario, match)
    assert (code(refused), "on_behalf_of" in str(refused.error)) == ("asker-unknown", True)
    assert rematch(scenario, match, on_behalf_of=Role.MENTEE).status == 200
    assert [event.requested_by for event in of(scenario, RematchRequested)] == [Role.MENTEE]


def test_nobody_asks_for_another_pair() -> None:
    scenario = with_people({"ada": 1}, ["ben", "cleo"])
    match = match_both(scenario, "ada", "ben")
    assert rematch(scenario, match, "cleo").status == 404
    assert rematch(scenario, match, "cleo", on_behalf_of=Role.MENTEE).status == 404
    assert status(scenario, match) is MatchStatus.ACCEPTED


def test_who_waits_for_a_seat_gets_the_one_that_is_free_again() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben", "cleo"])
    match = match_both(scenario, "ada", "ben")
    decline(scenario, propose(scenario, "eve", "cleo"), "eve")
    scenario.perform()
    assert scenario.get(MenteeRequests, "cleo").reason == "seats_taken"
    unwind(scenario, match)
    scenario.advance(SOON).perform().perform()
    assert {*proposed(scenario)[2:]} == {("eve", "ben"), ("ada", "cleo")}
    check_nothing_waits(scenario)


def test_priority_lasts_until_the_next_match() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben"])
    rematch(scenario, match_both(scenario, "ada", "ben"), "ben")
    match_both(scenario, "eve", "ben")
    assert not scenario.get(MenteeRequests, "ben").has_priority


BEFORE: dict[str, Callable[[Scenario, MatchId], object]] = {
    "proposed": lambda _, __: None,
    "mentor_accepted": lambda scenario, match: accept(scenario, match, "ada"),
    "mentee_accepted": lambda scenario, match: accept(scenario, match, "ben"),
    "declined": lambda scenario, match: decline(scenario, match, "ada"),
    "expired": lambda scenario, _: scenario.advance(WEEK),
    "withdrawn": lambda scenario, _: scenario.when(withdrawn("ada", Role.MENTOR)),
    "unwound": lambda scenario, match: (accept_both(scenario, match), unwind(scenario, match)),
}


@pytest.mark.parametrize("found", BEFORE)
def test_only_what_both_have_accepted_is_unwound(found: str) -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    BEFORE[found](scenario, match)
    assert status(scenario, match) == found
    before = len(scenario.events())
    for refused in (unwind(scenario, match), rematch(scenario, match, "ben")):
        assert isinstance(refused.error, Refusal)
        assert (refused.error.code, refused.error.members["match_status"]) == ("match-not-accepted", found)
    assert len(scenario.events()) == before
