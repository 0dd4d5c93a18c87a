"""Mentors to choose from, for a mentee; who is kept apart, pinned or has paused, for those who run the program."""

from collections.abc import Iterator

import pytest

from services.matching.choices.commands import AddExclusion, PinMatch
from services.matching.choices.model import ExclusionReason
from services.matching.proposals.commands import RequestRematch
from shared.contracts.intake import MeetingFormat, Role
from shared.contracts.matching import MatchAccepted
from tests.scenario import Scenario
from tests.services.matching.over_http import as_client, as_person
from tests.services.matching.program import (
    decline,
    last,
    match_both,
    pair,
    paused,
    program,
    propose,
    take_part,
)
from tests.shared.web.api import Api, asking

OF_BEN = "/v1/programs/p1/mentors?mentee_application_id=ben"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Of the mentors, Ada and Eve have room for Ben; the others are full, away, kept apart, asked or foreign."""
    scenario = program()
    take_part(scenario, "ben", Role.MENTEE, years=1, languages=("en",), mentors=2)
    for name, years in {"ada": 3, "eve": 9, "full": 9, "away": 9, "apart": 9, "asked": 9}.items():
        take_part(scenario, name, Role.MENTOR, years=years, languages=("en",), seats=1)
    take_part(scenario, "foreign", Role.MENTOR, years=9, languages=("tr",))
    take_part(scenario, "cleo", Role.MENTEE, languages=("en",))
    take_part(scenario, "dan", Role.MENTEE, meeting_format=MeetingFormat.AD_HOC)
    match_both(scenario, "full", "cleo")
    scenario.when(paused("away", Role.MENTOR))
    scenario.when(AddExclusion(**pair("apart", "ben"), reason=ExclusionReason.REPORTING_LINE))
    decline(scenario, propose(scenario, "asked", "ben"), "asked")
    scenario.when(PinMatch(**pair("eve", "ben")))
    return scenario


@pytest.fixture(scope="module")
def api(scenario: Scenario) -> Iterator[Api]:
    with asking(scenario) as api:
        yield api


def test_a_mentee_sees_the_best_mentors_with_room_and_why(api: Api) -> None:
    as_person(api, "ben")
    eve, ada = api.get(OF_BEN).json()
    assert (eve["mentor_application_id"], eve["mentor_id"]) == ("eve", "p-eve")
    assert (ada["mentor_application_id"], eve["score"] > ada["score"]) == ("ada", True)
    assert (eve["languages"], [reason["words"] for reason in eve["reasons"]]) == (
        ["en"],
        ["The mentor: 9 years of experience, the mentee 1."],
    )
    assert [one["mentor_id"] for one in api.get(f"{OF_BEN}&limit=1").json()] == ["p-eve"]


def test_only_the_mentee_and_those_who_run_the_program_see_the_choices(api: Api) -> None:
    as_person(api, "cleo")
    assert api.get(OF_BEN).status_code == 404
    as_client(api)
    assert len(api.get(OF_BEN).json()) == 2


def test_there_are_choices_for_mentees_who_want_a_long_term_match(api: Api) -> None:
    as_client(api)
    assert api.get("/v1/programs/p1/mentors?mentee_application_id=dan").json() == []
    assert api.get("/v1/programs/p1/mentors?mentee_application_id=ada").json()["code"] == "mentee-not-in-pool"
    assert api.get("/v1/programs/p1/mentors?mentee_application_id=nobody").status_code == 404
    assert api.get("/v1/programs/p1/mentors").status_code == 422


def test_who_is_kept_apart_is_listed_for_those_who_run_the_program(api: Api) -> None:
    as_client(api)
    (item,) = api.get("/v1/programs/p1/exclusions").json()["items"]
    assert item == {
        "mentor_application_id": "apart",
        "mentee_application_id": "ben",
        "mentor_id": "p-apart",
        "mentee_id": "p-ben",
        "names": {},
        "reason": "reporting_line",
        "added_by": "client/test",
        "added_at": "2027-01-04T09:00:00Z",
    }
    assert api.get("/v1/programs/p1/exclusions/ben/apart").json() == item
    assert api.get("/v1/programs/p1/exclusions/ben%2Fapart").json() == item
    for path in ("p1/exclusions/ben/ada", "p2/exclusions/ben/apart", "p1/exclusions/apart/ben"):
        assert api.get(f"/v1/programs/{path}").status_code == 404
    as_person(api, "ben")
    assert api.get("/v1/programs/p1/exclusions").status_code == 403
    assert api.get("/v1/programs/p1/exclusions/ben/apart").status_code == 403


def test_a_pin_is_shown_to_those_who_run_the_program(api: Api) -> None:
    as_client(api)
    pinned = api.get("/v1/programs/p1/pins/ben")
    assert pinned.json() == {
        "mentor_application_id": "eve",
        "mentee_application_id": "ben",
        "mentor_id": "p-eve",
        "mentee_id": "p-ben",
        "names": {},
    }
    assert api.get("/v1/programs/p1/pins").json() == {"items": [pinned.json()], "next": None}
    assert api.get("/v1/programs/p2/pins").json()["items"] == []
    for path in ("p1/pins/cleo", "p2/pins/ben", "p1/pins/nobody"):
        assert api.get(f"/v1/programs/{path}").status_code == 404
    as_person(api, "ben")
    assert api.get("/v1/programs/p1/pins/ben").status_code == 403
    assert api.get("/v1/programs/p1/pins").status_code == 403


def test_the_pool_shows_who_has_paused_who_is_pinned_and_how_many_mentors_are_wanted(api: Api) -> None:
    as_client(api)
    items = {one["id"]: one for one in api.get("/v1/programs/p1/pool").json()["items"]}
    assert [one["id"] for one in items.values() if one["is_paused"]] == ["away"]
    assert (items["ben"]["pinned"], items["ben"]["seats"]) == ("eve", 2)


def test_an_ended_match_says_when_and_to_those_who_run_the_program_why() -> None:
    scenario = program()
    take_part(scenario, "ada", Role.MENTOR)
    take_part(scenario, "ben", Role.MENTEE)
    match_both(scenario, "ada", "ben")
    match_id = last(scenario, MatchAccepted).match_id
    scenario.when(RequestRematch(match_id=match_id), actor="person/p-ben")
    with asking(scenario) as api:
        as_person(api, "ada")
        found = api.get(f"/v1/matches/{match_id}").json()
        assert (found["status"], found["ended_at"]) == ("unwound", "2027-01-04T09:00:00Z")
        assert found["unwind_reason"] is None
        as_client(api)
        assert api.get(f"/v1/matches/{match_id}").json()["unwind_reason"] == "rematch"
