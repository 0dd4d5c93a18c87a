"""What it means for matches that somebody leaves, pauses, comes back, or has more or less room."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations

import pytest

from services.matching.pool.model.participant import Participant, ParticipantStatus
from services.matching.proposals.model.match_status import MatchStatus
from services.matching.proposals.model.requests import PAUSED, WANTS_ANOTHER, MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.waitlist.freed_seats import SOON
from shared.contracts.intake import ApplicationWithdrawn, ParticipantLeft, Role
from shared.contracts.matching import MatchSuperseded, MatchUnwound, MatchWithdrawn
from tests.scenario import Scenario
from tests.services.matching.program import (
    accept_both,
    answers_due,
    approved,
    capacity,
    check_nothing_waits,
    code,
    decline,
    hear_in_order,
    left,
    match_both,
    of,
    paused,
    profile,
    program,
    propose,
    proposed,
    publish,
    resumed,
    run,
    status,
    take_part,
    try_to_propose,
    with_people,
    withdrawn,
)

SECOND = timedelta(seconds=1)

GOES = pytest.mark.parametrize("goes", [withdrawn, left])
Goes = Callable[[str, Role], ApplicationWithdrawn | ParticipantLeft]


def wants_two(scenario: Scenario, name: str) -> None:
    take_part(scenario, name, Role.MENTEE, mentors=2)


@GOES
def test_a_mentor_who_leaves_has_no_matches_and_the_mentees_go_on_first_of_all(goes: Goes) -> None:
    scenario = with_people({"ada": 2, "eve": 2}, ["ben", "cleo"])
    with_ben, to_cleo = match_both(scenario, "ada", "ben"), propose(scenario, "ada", "cleo")
    scenario.when(goes("ada", Role.MENTOR))
    assert (status(scenario, with_ben), status(scenario, to_cleo)) == (MatchStatus.UNWOUND, MatchStatus.WITHDRAWN)
    assert [event.reason for event in of(scenario, MatchUnwound)] == ["left"]
    ben, cleo = scenario.get(MenteeRequests, "ben"), scenario.get(MenteeRequests, "cleo")
    assert (ben.has_priority, cleo.has_priority) == (True, False)
    scenario.perform()
    assert proposed(scenario)[2:] == [("eve", "ben"), ("eve", "cleo")]
    check_nothing_waits(scenario)


@GOES
def test_a_mentee_who_leaves_has_no_matches_and_the_seat_goes_to_who_waits(goes: Goes) -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben", "cleo"])
    with_ben = match_both(scenario, "ada", "ben")
    decline(scenario, propose(scenario, "eve", "cleo"), "eve")
    scenario.perform().when(goes("ben", Role.MENTEE))
    assert status(scenario, with_ben) is MatchStatus.UNWOUND
    assert scenario.get(MentorSeats, "ada").accepted == []
    scenario.advance(SOON).perform().perform()
    assert proposed(scenario)[2:] == [("ada", "cleo")]
    assert scenario.get(MenteeRequests, "ben").reason == ""
    check_nothing_waits(scenario)


def test_a_mentor_who_pauses_is_asked_nothing_and_keeps_what_is_agreed() -> None:
    scenario = with_people({"ada": 2, "eve": 1}, ["ben", "cleo"])
    with_ben, to_cleo = match_both(scenario, "ada", "ben"), propose(scenario, "ada", "cleo")
    scenario.when(paused("ada", Role.MENTOR))
    assert (status(scenario, with_ben), status(scenario, to_cleo)) == (MatchStatus.ACCEPTED, MatchStatus.WITHDRAWN)
    assert len(of(scenario, MatchWithdrawn)) == 1
    refused = try_to_propose(scenario, "ada", "cleo")
    assert (code(refused), str(refused.error)) == (
        "mentor-paused",
        "The mentor ada has paused: choose another one, or wait until they resume.",
    )
    scenario.perform()
    assert proposed(scenario)[2:] == [("eve", "cleo")]


def test_a_mentee_who_pauses_is_asked_nothing_and_is_looked_for_after_it() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben"])
    propose(scenario, "ada", "ben")
    scenario.when(paused("ben", Role.MENTEE))
    assert (scenario.asked(), answers_due(scenario), scenario.get(MenteeRequests, "ben").reason) == ([], {}, PAUSED)
    assert code(try_to_propose(scenario, "eve", "ben")) == "mentee-paused"
    publish(scenario, run(scenario))
    scenario.advance(SECOND)
    assert len(proposed(scenario)) == 1
    scenario.when(resumed("ben", Role.MENTEE))
    scenario.perform()
    assert len(proposed(scenario)) == 2
    check_nothing_waits(scenario)


def test_who_pauses_while_the_next_best_is_looked_for_is_not_asked_about() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben"])
    decline(scenario, propose(scenario, "ada", "ben"), "ada")
    scenario.when(paused("ben", Role.MENTEE))
    scenario.perform()
    assert (len(proposed(scenario)), scenario.get(MenteeRequests, "ben").reason) == (1, PAUSED)


def test_the_seats_of_a_mentor_who_comes_back_are_there_for_who_waits() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben"])
    scenario.when(paused("eve", Role.MENTOR))
    decline(scenario, propose(scenario, "ada", "ben"), "ada")
    scenario.perform()
    assert len(proposed(scenario)) == 1
    assert scenario.get(MenteeRequests, "ben").reason == "everybody_asked"
    scenario.when(resumed("eve", Role.MENTOR))
    scenario.advance(SOON).perform().perform()
    assert scenario.get(Participant, "eve").status is ParticipantStatus.IN
    assert proposed(scenario)[1:] == [("eve", "ben")]
    check_nothing_waits(scenario)


@pytest.mark.parametrize("order", [*permutations(["profile", "approved", "paused"])])
def test_who_has_paused_is_not_matched_in_whatever_order_it_is_heard_of(order: tuple[str, ...]) -> None:
    scenario = program()
    heard = {
        "profile": profile("ben", Role.MENTEE, mentors=2),
        "approved": approved("ben", Role.MENTEE),
        "paused": paused("ben", Role.MENTEE),
    }
    hear_in_order(scenario, order, heard)
    assert scenario.get(Participant, "ben").status is ParticipantStatus.PAUSED
    mentee = scenario.get(MenteeRequests, "ben")
    assert (mentee.capacity, mentee.is_paused) == (2, True)
    check_nothing_waits(scenario)


def test_a_pause_that_is_heard_of_after_its_end_changes_nothing() -> None:
    scenario = with_people({"ada": 1}, [])
    earlier = scenario.messages(paused("ada", Role.MENTOR), "service/intake")[0]
    scenario.advance(SECOND).when(resumed("ada", Role.MENTOR))
    scenario.loop.run_until_complete(scenario.executor.handle([earlier]))
    assert scenario.get(Participant, "ada").status is ParticipantStatus.IN


@pytest.mark.parametrize("later", [resumed, paused])
def test_who_has_left_stays_out_whatever_is_heard_of_later(later: Callable[[str, Role], object]) -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    scenario.when(left("ben", Role.MENTEE))
    scenario.when(later("ben", Role.MENTEE))  # type: ignore[arg-type]  # each makes an event
    assert scenario.get(Participant, "ben").status is ParticipantStatus.OUT
    assert scenario.asked() == []


def test_fewer_seats_call_off_the_latest_proposals_and_nothing_that_is_agreed() -> None:
    scenario = with_people({"ada": 3, "eve": 1}, ["ben", "cleo", "dan"])
    with_ben = match_both(scenario, "ada", "ben")
    to_cleo, to_dan = propose(scenario, "ada", "cleo"), propose(scenario, "ada", "dan")
    fewer_seats(scenario, "ada", 2)
    assert [status(scenario, match) for match in (with_ben, to_cleo, to_dan)] == ["accepted", "proposed", "withdrawn"]
    fewer_seats(scenario, "ada", 0)
    assert [status(scenario, match) for match in (with_ben, to_cleo)] == ["accepted", "withdrawn"]
    scenario.perform()
    assert proposed(scenario)[3:] == [("eve", "cleo")] or proposed(scenario)[3:] == [("eve", "dan")]
    check_nothing_waits(scenario)


@pytest.mark.parametrize("is_profile_first", [True, False])
def test_more_seats_are_for_those_who_wait(is_profile_first: bool) -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben", "cleo"])
    match_both(scenario, "ada", "ben")
    decline(scenario, propose(scenario, "eve", "cleo"), "eve")
    scenario.perform()
    told = [profile("ada", Role.MENTOR, seats=2), capacity("ada", Role.MENTOR, 2)]
    scenario.advance(SECOND)
    for what in told if is_profile_first else reversed(told):
        scenario.when(what)
    scenario.advance(SOON).perform().perform()
    assert proposed(scenario)[2:] == [("ada", "cleo")]


def test_a_mentee_who_wants_two_mentors_keeps_the_other_requests_until_both_places_are_taken() -> None:
    scenario = with_people({"ada": 1, "eve": 1, "flo": 1}, [])
    wants_two(scenario, "ben")
    first, second, third = (propose(scenario, mentor, "ben") for mentor in ("ada", "eve", "flo"))
    accept_both(scenario, first)
    assert (of(scenario, MatchSuperseded), status(scenario, second)) == ([], "proposed")
    accept_both(scenario, second)
    assert [event.match_id for event in of(scenario, MatchSuperseded)] == [third]
    assert scenario.get(MenteeRequests, "ben").accepted == [first, second]
    assert answers_due(scenario) == {}
    assert code(try_to_propose(scenario, "flo", "ben")) == "mentee-matched"


def test_a_mentee_who_wants_another_mentor_goes_on_after_a_no() -> None:
    scenario = with_people({"ada": 1, "eve": 1, "flo": 1}, [])
    wants_two(scenario, "ben")
    match_both(scenario, "ada", "ben")
    decline(scenario, propose(scenario, "eve", "ben"), "eve")
    scenario.perform()
    assert proposed(scenario)[2:] == [("flo", "ben")]


def test_a_mentee_who_wants_fewer_mentors_keeps_those_that_there_are() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, [])
    wants_two(scenario, "ben")
    with_ada, to_eve = match_both(scenario, "ada", "ben"), propose(scenario, "eve", "ben")
    scenario.when(capacity("ben", Role.MENTEE, 1))
    assert (status(scenario, with_ada), status(scenario, to_eve)) == ("accepted", "withdrawn")
    assert (scenario.asked(), scenario.get(MenteeRequests, "ben").reason) == ([], "")


def test_a_mentee_who_wants_more_mentors_waits_for_the_next_run() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match_both(scenario, "ada", "ben")
    scenario.when(capacity("ben", Role.MENTEE, 2))
    assert scenario.get(MenteeRequests, "ben").reason == WANTS_ANOTHER


def test_a_capacity_that_is_heard_of_before_the_approval_counts() -> None:
    scenario = program()
    scenario.when(capacity("ben", Role.MENTEE, 3))
    take_part(scenario, "ben", Role.MENTEE, mentors=1)
    assert scenario.get(MenteeRequests, "ben").capacity == 3


def fewer_seats(scenario: Scenario, name: str, seats: int) -> None:
    scenario.advance(SECOND).when(profile(name, Role.MENTOR, seats=seats))
    scenario.when(capacity(name, Role.MENTOR, seats))
