"""How those who run a program keep two apart, or pin them to each other."""

from datetime import timedelta

import pytest
from pydantic import BaseModel

from services.matching.choices.commands import AddExclusion, LiftExclusion, PinMatch, RankMentors, UnpinMatch
from services.matching.choices.model import Exclusion, ExclusionReason
from services.matching.proposals.model.match_status import MatchStatus
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.service import service
from shared.contracts.intake import Role
from shared.contracts.matching import (
    ExclusionAdded,
    ExclusionLifted,
    MatchPinned,
    MatchProposed,
    MatchUnpinned,
    MatchWithdrawn,
)
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
    seats_are_free,
    status,
    take_part,
    try_to_propose,
    with_people,
)

SECOND = timedelta(seconds=1)


def exclude(scenario: Scenario, mentor: str, mentee: str) -> Answer:
    return scenario.when(AddExclusion(**pair(mentor, mentee), reason=ExclusionReason.REPORTING_LINE))


def lift(scenario: Scenario, mentor: str, mentee: str) -> Answer:
    return scenario.when(LiftExclusion(**pair(mentor, mentee)))


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


def test_two_who_are_no_longer_kept_apart_are_proposed_as_if_they_never_had_been() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    exclude(scenario, "ada", "ben")
    publish(scenario, run(scenario))
    scenario.advance(SECOND)
    assert proposed(scenario) == []
    assert lift(scenario, "ada", "ben").status == 200
    (lifted,) = of(scenario, ExclusionLifted)
    assert (lifted.mentor_application_id, lifted.mentee_application_id) == ("ada", "ben")
    seats_are_free(scenario)
    assert proposed(scenario) == [("ada", "ben")], "whoever waits is looked for at once"
    kept = scenario.get(Exclusion, "ben/ada")
    assert kept.model_dump() == Exclusion(id="ben/ada").model_dump(), "nothing says what had been"
    assert code(lift(scenario, "ada", "ben")) == "not-excluded"
    assert exclude(scenario, "ada", "ben").status == 201


def test_who_has_said_no_is_not_asked_again_though_they_are_kept_apart_no_longer() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    decline(scenario, propose(scenario, "ada", "ben"), "ada")
    exclude(scenario, "ada", "ben")
    lift(scenario, "ada", "ben")
    assert code(try_to_propose(scenario, "ada", "ben")) == "already-asked"


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
    pinned, again = of(scenario, MatchPinned)
    (unpinned,) = of(scenario, MatchUnpinned)
    assert {one.mentor_application_id for one in (pinned, again, unpinned)} == {"ada"}


def test_a_search_gives_a_mentee_the_mentor_who_is_pinned() -> None:
    scenario = choosing_between_two()
    match = propose(scenario, "flo", "ben")
    pin(scenario, "ada", "ben")
    decline(scenario, match, "flo")
    scenario.perform()
    assert proposed(scenario) == [("flo", "ben"), ("ada", "ben")], "though Eve would fit better"


def test_where_the_pinned_mentor_has_no_room_a_search_asks_nobody_else_and_says_why() -> None:
    scenario = choosing_between_two()
    match = propose(scenario, "flo", "ben")
    pin(scenario, "ada", "ben")
    match_both(scenario, "ada", "cleo")
    decline(scenario, match, "flo")
    scenario.perform()
    assert scenario.get(MenteeRequests, "ben").reason == "pin_impossible"
    unpin(scenario, "ben")
    scenario.when(ranked_by_ben("eve"), actor="person/p-ben")
    scenario.perform()
    assert proposed(scenario)[-1] == ("eve", "ben")


def choosing_between_two() -> Scenario:
    """Eve fits Ben better than Ada does; Flo is asked first."""
    scenario = with_people({"flo": 1}, ["cleo"])
    take_part(scenario, "ada", Role.MENTOR, seats=1, years=3)
    take_part(scenario, "eve", Role.MENTOR, seats=1, years=9)
    take_part(scenario, "ben", Role.MENTEE, years=1)
    return scenario


def ranked_by_ben(mentor: str) -> RankMentors:
    return RankMentors(
        program_id=PROGRAM,
        mentee_application_id=ApplicationId("ben"),
        mentor_application_ids=(ApplicationId(mentor),),
    )


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


@pytest.mark.parametrize("command", [AddExclusion, LiftExclusion, PinMatch, UnpinMatch])
def test_those_who_run_the_program_steer_and_nobody_else(command: type[BaseModel]) -> None:
    (http,) = [handler.http for handler in service.commands if handler.takes is command and handler.http]
    assert http.permission is not None
    assert {grant.role for grant in http.permission.grants} == {"operator", "admin", "manager", "client"}
