"""Proposals and their answers on the engine in memory: constraints, acceptance, and what an acceptance ends."""

from datetime import timedelta

import pytest

from services.matching.proposals.commands import AcceptMatch
from services.matching.proposals.model.match_status import MatchStatus
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from shared.contracts.intake import MeetingFormat, Role
from shared.contracts.matching import MatchAccepted, MatchProposed, MatchSuperseded
from shared.errors import Refusal
from tests.scenario import START
from tests.services.matching.program import (
    accept,
    accept_both,
    answers_due,
    check_nothing_waits,
    code,
    decline,
    last,
    of,
    profile,
    propose,
    proposed,
    status,
    take_part,
    try_to_propose,
    with_people,
)

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def test_a_match_proposed_by_hand_has_the_score_and_the_reasons_of_a_run() -> None:
    scenario = with_people({}, [])
    take_part(scenario, "ada", Role.MENTOR, areas=("backend", "cloud"), languages=("en", "it"), years=9)
    take_part(scenario, "ben", Role.MENTEE, areas=("Cloud",), languages=("it",), years=2)
    propose(scenario, "ada", "ben")
    event = last(scenario, MatchProposed)
    assert [(one.criterion, one.value) for one in event.reasons] == [("areas", 1), ("experience", 1)]
    assert (0 < event.score <= 1, event.run_id, event.expires_at) == (True, None, START + WEEK)
    assert answers_due(scenario) == {
        f"remind/{event.match_id}/2": START + 2 * DAY,
        f"remind/{event.match_id}/5": START + 5 * DAY,
        f"expire/{event.match_id}": START + WEEK,
    }


@pytest.mark.parametrize(
    ("mentor", "mentee", "constraint"),
    [
        ({"languages": ("en",)}, {"languages": ("tr",)}, "no_common_language"),
        ({"person_id": "p-ben"}, {}, "same_person"),
        ({"meeting_format": MeetingFormat.AD_HOC}, {}, "ad_hoc_only"),
        ({}, {"meeting_format": MeetingFormat.AD_HOC}, "ad_hoc_only"),
        ({"seats": 0}, {}, "no_seats"),
    ],
)
def test_a_pair_that_a_hard_constraint_forbids_is_refused(
    mentor: dict[str, object], mentee: dict[str, object], constraint: str
) -> None:
    scenario = with_people({}, [])
    take_part(scenario, "ada", Role.MENTOR, **mentor)
    take_part(scenario, "ben", Role.MENTEE, **mentee)
    refused = try_to_propose(scenario, "ada", "ben")
    assert isinstance(refused.error, Refusal)
    assert (refused.status, refused.error.members["constraint"]) == (409, constraint)
    assert scenario.events() == []


def test_a_profile_that_cannot_be_compared_is_refused_with_the_remedy() -> None:
    scenario = with_people({"ada": 1}, [])
    take_part(scenario, "ben", Role.MENTEE, time_zone="Mars/Olympus")
    assert code(try_to_propose(scenario, "ada", "ben")) == "profile-invalid"


def test_two_are_proposed_to_each_other_once() -> None:
    scenario = with_people({"ada": 2}, ["ben"])
    match = propose(scenario, "ada", "ben")
    assert code(try_to_propose(scenario, "ada", "ben")) == "already-asked"
    decline(scenario, match, "ada")
    assert code(try_to_propose(scenario, "ada", "ben")) == "already-asked"


def test_a_mentee_has_as_many_open_requests_as_the_program_allows() -> None:
    scenario = with_people({"ada": 1, "eve": 1, "flo": 1}, ["ben"], open_requests=2)
    propose(scenario, "ada", "ben")
    propose(scenario, "eve", "ben")
    assert code(try_to_propose(scenario, "flo", "ben")) == "requests-exhausted"


def test_the_second_yes_takes_the_seat_and_closes_the_other_requests_of_the_mentee() -> None:
    scenario = with_people({"ada": 2, "eve": 2}, ["ben", "cleo"])
    first, second, third = (propose(scenario, *pair) for pair in [("ada", "ben"), ("eve", "ben"), ("ada", "cleo")])
    assert accept(scenario, first, "ben").status == 200
    assert of(scenario, MatchAccepted) == []
    assert accept(scenario, first, "ada").status == 200
    (superseded,) = of(scenario, MatchSuperseded)
    assert (superseded.match_id, superseded.accepted_match_id) == (second, first)
    assert status(scenario, third) is MatchStatus.PROPOSED
    assert scenario.get(MentorSeats, "ada").accepted == [first]
    assert scenario.get(MentorSeats, "eve").open == {}
    assert {timer.split("/")[1] for timer in answers_due(scenario)} == {third}
    assert scenario.asked() == []


def test_the_last_seat_ends_the_other_proposals_of_the_mentor_and_those_mentees_go_on() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben", "cleo", "dan"])
    to_ben, to_cleo, to_dan = (propose(scenario, "ada", mentee) for mentee in ("ben", "cleo", "dan"))
    accept(scenario, to_cleo, "cleo")
    accept_both(scenario, to_ben)
    assert {event.match_id for event in of(scenario, MatchSuperseded)} == {to_cleo, to_dan}
    scenario.perform()
    assert proposed(scenario)[3:] == [("eve", "cleo")]
    assert scenario.get(MenteeRequests, "dan").reason == "seats_taken"
    check_nothing_waits(scenario)


def test_an_answer_to_what_another_match_has_ended_is_refused_with_a_sentence() -> None:
    scenario = with_people({"ada": 1}, ["ben", "cleo"])
    to_ben, to_cleo = propose(scenario, "ada", "ben"), propose(scenario, "ada", "cleo")
    accept_both(scenario, to_ben)
    refused = accept(scenario, to_cleo, "cleo")
    assert (refused.status, str(refused.error)) == (
        409,
        "Another match was accepted first, so this one is off: wait for the next proposal.",
    )


def test_seats_that_the_profile_no_longer_offers_cannot_be_taken() -> None:
    scenario = with_people({"ada": 2}, ["ben", "cleo"])
    to_ben, to_cleo = propose(scenario, "ada", "ben"), propose(scenario, "ada", "cleo")
    accept_both(scenario, to_ben)
    scenario.advance(timedelta(seconds=1)).when(profile("ada", Role.MENTOR, seats=1))
    accept(scenario, to_cleo, "cleo")
    assert code(accept(scenario, to_cleo, "ada")) == "seats-taken"
    assert status(scenario, to_cleo) is MatchStatus.MENTEE_ACCEPTED


@pytest.mark.parametrize(("actor", "refused"), [("client/test", 403), ("operator/root", 403), ("person/p-cleo", 404)])
def test_nobody_accepts_for_somebody_else(actor: str, refused: int) -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    assert scenario.when(AcceptMatch(match_id=match), actor=actor).status == refused
