"""How those who run a program keep two apart, or pin them to each other."""

from datetime import timedelta

import pytest
from pydantic import BaseModel

from services.matching.choices.commands import AddExclusion, PinMatch, UnpinMatch
from services.matching.choices.model import Exclusion, ExclusionReason
from services.matching.proposals.model.match_status import MatchStatus
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.service import service
from shared.contracts.intake import Role
from shared.contracts.matching import ExclusionAdded, MatchProposed, MatchWithdrawn
from shared.engine.authoring.answer import Answer
from shared.ids import ApplicationId
from tests.scenario import Scenario
from tests.services.matching.program import (
    PROGRAM,
    answers_due,
    check_nothing_waits,
    code,
    decline,
    match_both,
    of,
    pair,
    paused,
    propose,
    proposed,
    publish,
    run,
    status,
    take_part,
    try_to_propose,
    with_people,
)

SECOND = timedelta(seconds=1)


def exclude(scenario: Scenario, mentor: str, mentee: str) -> Answer:
    return scenario.when(AddExclusion(**pair(mentor, mentee), reason=ExclusionReason.REPORTING_LINE))


def pin(scenario: Scenario, mentor: str, mentee: str) -> Answer:
    return scenario.when(PinMatch(**pair(mentor, mentee)))


def unpin(scenario: Scenario, mentee: str) -> Answer:
    return scenario.when(UnpinMatch(program_id=PROGRAM, mentee_application_id=ApplicationId(mentee)))


def test_two_who_are_kept_apart_are_proposed_by_nobody() -> None:
    scenario = with_people({"ada": 2, "eve": 1}, ["ben"])
    assert exclude(scenario, "ada", "ben").status == 201
    (added,) = of(scenario, ExclusionAdded)
    assert (added.mentor_application_id, added.mentee_application_id) == ("ada", "ben")
    assert code(try_to_propose(scenario, "ada", "ben")) == "pair-excluded"
    publish(scenario, run(scenario))
    scenario.advance(SECOND)
    assert proposed(scenario) == [("eve", "ben")]
    decline(scenario, of(scenario, MatchProposed)[0].match_id, "eve")
    scenario.perform()
    assert proposed(scenario) == [("eve", "ben")]
    assert scenario.get(MenteeRequests, "ben").reason == "everybody_asked"


def test_an_exclusion_calls_the_open_proposal_of_the_two_off_and_the_mentee_goes_on() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    exclude(scenario, "ada", "ben")
    assert (status(scenario, match), len(of(scenario, MatchWithdrawn))) == (MatchStatus.WITHDRAWN, 1)
    assert (scenario.get(MentorSeats, "ada").open, answers_due(scenario)) == ({}, {})
    scenario.perform()
    assert proposed(scenario) == [("ada", "ben"), ("eve", "ben")]
    check_nothing_waits(scenario)


def test_an_exclusion_keeps_who_added_it_when_and_why() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    exclude(scenario, "ada", "ben")
    kept = scenario.get(Exclusion, "ben/ada")
    assert (kept.program_id, kept.reason, kept.added_by) == (PROGRAM, ExclusionReason.REPORTING_LINE, "client/test")
    assert kept.added_at == scenario.now


def test_two_who_are_matched_are_unwound_before_they_are_kept_apart() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match_both(scenario, "ada", "ben")
    refused = exclude(scenario, "ada", "ben")
    assert (code(refused), str(refused.error)) == (
        "pair-matched",
        "These two are matched: unwind their match first.",
    )
    assert of(scenario, ExclusionAdded) == []


def test_two_are_kept_apart_once() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    exclude(scenario, "ada", "ben")
    assert code(exclude(scenario, "ada", "ben")) == "already-excluded"
    assert len(of(scenario, ExclusionAdded)) == 1


def test_who_is_kept_apart_or_pinned_takes_part_in_the_role_that_is_named() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    for command in (exclude, pin):
        assert command(scenario, "ada", "nobody").status == 404
        assert code(command(scenario, "ben", "ada")) == "mentor-not-in-pool"


def test_a_pin_is_kept_until_the_two_are_proposed() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben"])
    assert pin(scenario, "eve", "ben").status == 201
    assert scenario.get(MenteeRequests, "ben").pinned == "eve"
    propose(scenario, "ada", "ben")
    assert scenario.get(MenteeRequests, "ben").pinned == "eve"
    propose(scenario, "eve", "ben")
    assert scenario.get(MenteeRequests, "ben").pinned is None


def test_a_pin_can_be_taken_back() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    pin(scenario, "ada", "ben")
    assert code(pin(scenario, "ada", "ben")) == "already-pinned"
    assert unpin(scenario, "ben").status == 200
    assert code(unpin(scenario, "ben")) == "not-pinned"
    assert pin(scenario, "ada", "ben").status == 201


@pytest.mark.parametrize(
    ("what", "refusal"),
    [
        ("excluded", "pair-excluded"),
        ("asked", "already-asked"),
        ("paused", "mentor-paused"),
        ("full", "seats-taken"),
        ("matched", "mentee-matched"),
        ("language", "pair-not-allowed"),
    ],
)
def test_only_who_can_be_matched_can_be_pinned(what: str, refusal: str) -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["cleo"])
    take_part(scenario, "ben", Role.MENTEE, languages=("tr",))
    take_part(scenario, "flo", Role.MENTOR, languages=("it",))
    if what == "excluded":
        exclude(scenario, "ada", "ben")
    elif what == "asked":
        propose(scenario, "ada", "ben")
    elif what == "paused":
        scenario.when(paused("ada", Role.MENTOR))
    elif what == "full":
        match_both(scenario, "ada", "cleo")
    elif what == "matched":
        match_both(scenario, "eve", "ben")
    assert code(pin(scenario, "flo" if what == "language" else "ada", "ben")) == refusal


@pytest.mark.parametrize("command", [AddExclusion, PinMatch, UnpinMatch])
def test_those_who_run_the_program_steer_and_nobody_else(command: type[BaseModel]) -> None:
    (http,) = [handler.http for handler in service.commands if handler.takes is command and handler.http]
    assert http.permission is not None
    assert {grant.role for grant in http.permission.grants} == {"operator", "admin", "manager", "client"}
