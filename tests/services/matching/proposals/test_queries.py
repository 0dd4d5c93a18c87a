"""What is shown of matches, to whom, and in which words."""

import pytest

from shared.contracts.intake import MeetingFormat, Role
from tests.services.matching.over_http import SECOND, Pool, as_client, as_person
from tests.services.matching.program import (
    profile,
    program,
    propose,
    remove_profile,
    take_part,
)
from tests.shared.web.api import Api, asking


def test_the_matches_of_a_program_are_listed_by_status(api: Api, pool: Pool) -> None:
    as_client(api)
    assert len(api.get("/v1/programs/p1/matches").json()["items"]) == 2
    (declined,) = api.get("/v1/programs/p1/matches?status=declined").json()["items"]
    assert (declined["id"], declined["declined_by"]) == (pool.of_cleo, "mentor")
    both = api.get("/v1/programs/p1/matches?status=declined&status=accepted").json()["items"]
    assert {one["status"] for one in both} == {"declined", "accepted"}
    assert api.get("/v1/programs/p1/matches?status=lost").status_code == 422


def test_the_matches_of_some_mentors_are_listed_together(api: Api, pool: Pool) -> None:
    as_client(api)
    (of_ada,) = api.get("/v1/programs/p1/matches?mentor_id=p-ada").json()["items"]
    assert of_ada["mentor_id"] == "p-ada"
    assert len(api.get("/v1/programs/p1/matches?mentor_id=p-ada&mentor_id=p-eve").json()["items"]) == 2
    assert api.get("/v1/programs/p1/matches?mentor_id=nobody").json()["items"] == []


def test_a_match_is_shown_with_its_reasons_in_words_of_the_profiles(api: Api, pool: Pool) -> None:
    as_person(api, "ben")
    found = api.get(f"/v1/matches/{pool.of_ben}").json()
    assert {reason["criterion"]: reason["words"] for reason in found["reasons"]} == {
        "areas": "Areas: in common: backend, cloud.",
        "programming_languages": "Programming languages: nothing in common; wanted: Go.",
        "experience": "The mentor: 9 years of experience, the mentee 2.",
        "zone": "Clocks: the same time of day.",
    }
    assert (found["languages"], found["status"], found["run_id"]) == (["en", "it"], "accepted", pool.run_id)
    assert found["coverage"] == pytest.approx(60 / 85)


def test_only_its_two_people_and_those_who_run_the_program_see_a_match(api: Api, pool: Pool) -> None:
    for name, status in (("ada", 200), ("ben", 200), ("cleo", 404)):
        as_person(api, name)
        assert api.get(f"/v1/matches/{pool.of_ben}").status_code == status
    as_client(api)
    assert api.get(f"/v1/matches/{pool.of_ben}").status_code == 200


def test_why_somebody_declined_is_shown_to_those_who_run_the_program_only(api: Api, pool: Pool) -> None:
    as_client(api)
    assert api.get(f"/v1/matches/{pool.of_cleo}").json()["decline_reason"] == "no_time"
    as_person(api, "cleo")
    assert api.get(f"/v1/matches/{pool.of_cleo}").json()["decline_reason"] is None


def test_people_see_their_own_matches_by_role(api: Api, pool: Pool) -> None:
    as_person(api, "ben")
    (own,) = api.get("/v1/people/p-ben/matches?role=mentee").json()["items"]
    assert own["id"] == pool.of_ben
    assert api.get("/v1/people/p-ben/matches?role=mentor").json()["items"] == []
    assert api.get("/v1/people/p-ada/matches?role=mentor").status_code == 404


def test_a_match_of_somebody_who_has_left_keeps_its_reasons_without_words() -> None:
    scenario = program()
    take_part(scenario, "ada", Role.MENTOR, years=9)
    take_part(scenario, "ben", Role.MENTEE, years=2)
    match = propose(scenario, "ada", "ben")
    remove_profile(scenario, "ada")
    with asking(scenario) as api:
        as_client(api)
        (reason,) = api.get(f"/v1/matches/{match}").json()["reasons"]
        assert (reason["criterion"], reason["value"], reason["words"]) == ("experience", 1, None)
        (ada,) = api.get("/v1/programs/p1/pool?role=mentor").json()["items"]
        assert (ada["meeting_format"], ada["seats"]) == (None, 0)


def test_a_match_keeps_its_words_when_the_two_could_not_be_matched_any_more() -> None:
    scenario = program()
    take_part(scenario, "ada", Role.MENTOR, years=9)
    take_part(scenario, "ben", Role.MENTEE, years=2)
    match = propose(scenario, "ada", "ben")
    scenario.advance(SECOND).when(profile("ada", Role.MENTOR, years=9, seats=0, languages=("en",)))
    scenario.when(profile("ben", Role.MENTEE, years=2, meeting_format=MeetingFormat.AD_HOC, languages=("tr",)))
    with asking(scenario) as api:
        as_client(api)
        (reason,) = api.get(f"/v1/matches/{match}").json()["reasons"]
        assert reason["words"] == "The mentor: 9 years of experience, the mentee 2."


def test_a_decline_without_one_of_the_reasons_is_refused_by_name(api: Api, pool: Pool) -> None:
    as_person(api, "ben")
    refused = api.post(f"/v1/matches/{pool.of_ben}/decline", {"reason": "mood"})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["/reason"]
    assert "no_time" in refused.text
