"""Matching by hand: whom those who run a program may propose, what that would be, and what becomes of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.matching.choices.commands import AddExclusion
from services.matching.proposals.commands import ProposeMatch, WithdrawMatch
from services.matching.proposals.model.match_status import MatchStatus
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from shared.clock import system_clock
from shared.contracts.intake import Role
from shared.contracts.matching import MatchProposed, MatchWithdrawn
from shared.engine.batch.message import Message
from shared.ids import ApplicationId, MatchId
from tests.scenario import Scenario
from tests.services.matching.over_http import as_client, as_person
from tests.services.matching.program import (
    PROGRAM,
    accept,
    answers_due,
    code,
    decline,
    match_both,
    of,
    pair,
    paused,
    propose,
    proposed,
    race,
    status,
    take_part,
    with_people,
)
from tests.shared.web.api import Api, asking

CANDIDATES = "/v1/programs/p1/candidates?mentee_application_id=ben"
STATED: dict[str, Any] = {"languages": ("en",), "areas": ("cloud",), "seats": 1}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Eve, Ada, Busy, Silent and Low may be proposed to Ben by hand; the other mentors may not."""
    scenario = with_people({}, [], minimum_score=0.3)
    take_part(scenario, "ben", Role.MENTEE, years=1, languages=("en",), areas=("cloud",))
    take_part(scenario, "silent", Role.MENTOR, years=3, **STATED)
    propose(scenario, "silent", "ben")
    scenario.advance(timedelta(days=8)).perform()
    for name, years in {"eve": 9, "ada": 5, "busy": 4, "full": 9, "away": 9, "apart": 9, "no": 9}.items():
        take_part(scenario, name, Role.MENTOR, **STATED, years=years)
    take_part(scenario, "low", Role.MENTOR, **STATED | {"areas": ("law",)}, years=1)
    take_part(scenario, "foreign", Role.MENTOR, **STATED | {"languages": ("tr",)}, years=9)
    for name in ("cleo", "dan"):
        take_part(scenario, name, Role.MENTEE, years=1, languages=("en",), areas=("cloud",))
    match_both(scenario, "full", "cleo")
    propose(scenario, "busy", "dan")
    decline(scenario, propose(scenario, "no", "ben"), "no")
    scenario.when(paused("away", Role.MENTOR))
    scenario.when(AddExclusion(**pair("apart", "ben")))
    return scenario


@pytest.fixture(scope="module")
def api(scenario: Scenario) -> Iterator[Api]:
    with asking(scenario) as api:
        as_client(api)
        yield api


def look(api: Api, *pairs: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("/v1/programs/p1/pairs", params={"pair": list(pairs)}).json()
    return found


def hand(scenario: Scenario, mentor: str, version: int | None = None) -> ProposeMatch:
    return ProposeMatch(
        program_id=PROGRAM,
        mentor_application_id=ApplicationId(mentor),
        mentee_application_id=ApplicationId("ben"),
        mentee_version=version,
    )


def test_who_may_be_proposed_by_hand_is_listed_with_what_speaks_against_it(api: Api) -> None:
    found = {one["mentor_application_id"]: one for one in api.get(CANDIDATES).json()}
    assert {id: one["objections"] for id, one in found.items()} == {
        "eve": [],
        "ada": [],
        "busy": ["seats_promised"],
        "silent": ["asked_lately"],
        "low": ["score_too_low"],
    }
    scores = [one["score"] for one in found.values()]
    assert scores == sorted(scores, reverse=True)
    assert (found["busy"]["seats"], found["busy"]["matched"], found["busy"]["open"]) == (1, 0, 1)
    assert found["eve"]["reasons"][0]["words"] == "Areas: in common: cloud."
    assert [one["mentor_id"] for one in api.get(f"{CANDIDATES}&limit=1").json()] == ["p-eve"]


def test_every_candidate_may_indeed_be_proposed_and_nobody_else(api: Api) -> None:
    listed = {one["mentor_application_id"] for one in api.get(CANDIDATES).json()}
    every = ["eve", "ada", "busy", "silent", "low", "full", "away", "apart", "no", "foreign"]
    found = {one["mentor_application_id"]: one for one in look(api, *(f"ben/{name}" for name in every))}
    assert {id for id, one in found.items() if one["refusal"] is None} == listed
    assert {id: one["refusal"] for id, one in found.items() if one["refusal"]} == {
        "full": "seats-taken",
        "away": "mentor-paused",
        "apart": "pair-excluded",
        "no": "already-asked",
        "foreign": "pair-not-allowed",
    }
    assert found["full"]["detail"] == "All seats of this mentor are taken: choose another mentor."
    assert found["full"]["score"] == found["eve"]["score"], "the score is told even so"
    assert [id for id, one in found.items() if one["needs_despite_score"]] == ["low"]


def test_a_preview_says_what_the_proposal_would_be(api: Api) -> None:
    as_client(api)
    before = system_clock()
    (found,) = look(api, "ben/eve", "ben/nobody", "stranger/eve")
    assert (found["mentor_id"], found["mentee_id"]) == ("p-eve", "p-ben")
    until = datetime.fromisoformat(found["answer_by"]) - timedelta(days=7)
    assert before - timedelta(seconds=1) <= until <= system_clock()
    assert [reason["criterion"] for reason in found["reasons"]] == ["areas", "experience"]
    assert api.get("/v1/programs/p1/pairs").status_code == 422
    assert api.get("/v1/programs/p1/pairs?pair=ben").status_code == 422
    assert api.get("/v1/programs/p1/pairs?" + "&".join(["pair=ben/eve"] * 21)).status_code == 422


def test_only_those_who_run_the_program_match_by_hand(api: Api) -> None:
    as_person(api, "ben")
    for path in (CANDIDATES, "/v1/programs/p1/pairs?pair=ben/eve"):
        assert api.get(path).status_code == 403
    as_client(api)
    assert api.get("/v1/programs/p1/candidates?mentee_application_id=nobody").status_code == 404
    assert api.get("/v1/programs/p2/candidates?mentee_application_id=ben").status_code == 404


def test_of_two_who_have_seen_the_same_one_proposes_and_the_other_is_told() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben"])
    seen = scenario.get(MenteeRequests, "ben").version
    messages = [scenario.messages(hand(scenario, mentor, seen), "client/test")[0] for mentor in ("ada", "eve")]
    first, second = at_once(scenario, *messages)
    assert (first, second) == ((201, ""), (409, "mentee-changed"))
    mentee = scenario.get(MenteeRequests, "ben")
    assert [*mentee.open.values()] == ["ada"]
    assert scenario.when(hand(scenario, "eve", mentee.version)).status == 201


def at_once(scenario: Scenario, *messages: Message) -> list[tuple[int, str]]:
    return [(one.status, getattr(one.error, "code", "")) for one in race(scenario, *messages)]


def test_who_does_not_say_what_they_have_seen_is_not_asked_for_it() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben"])
    assert [scenario.when(hand(scenario, mentor)).status for mentor in ("ada", "eve")] == [201, 201]


def test_a_proposal_that_is_taken_back_frees_the_seat_and_the_mentee_goes_on_to_the_next() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    assert withdraw(scenario, match) == (200, "")
    assert (status(scenario, match), len(of(scenario, MatchWithdrawn))) == (MatchStatus.WITHDRAWN, 1)
    assert (scenario.get(MentorSeats, "ada").open, answers_due(scenario)) == ({}, {})
    scenario.perform()
    assert proposed(scenario) == [("ada", "ben"), ("eve", "ben")]
    assert withdraw(scenario, match) == (409, "match-not-open")


def test_a_search_does_not_propose_again_what_was_taken_back_and_by_hand_it_can_be() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    withdraw(scenario, propose(scenario, "ada", "ben"))
    scenario.advance(timedelta(minutes=2)).perform()
    assert proposed(scenario) == [("ada", "ben")]
    assert scenario.get(MenteeRequests, "ben").reason == "everybody_asked"
    propose(scenario, "ada", "ben")
    assert len(of(scenario, MatchProposed)) == 2


def test_a_match_that_both_have_accepted_is_not_taken_back() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    accept(scenario, match, "ada")
    accept(scenario, match, "ben")
    assert withdraw(scenario, match) == (409, "match-not-open")


def withdraw(scenario: Scenario, match: MatchId) -> tuple[int, str]:
    answer = scenario.when(WithdrawMatch(match_id=match))
    return answer.status, code(answer) if answer.error else ""
