"""What can be read of sessions, and by whom."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from services.sessions.actions.commands import AssignAction
from services.sessions.meetings.commands import ScheduleSession
from services.sessions.relationships.model import relationship_of
from services.sessions.service import service
from shared.contracts.intake import ProgramPublished, ProgramRules
from shared.contracts.matching import MatchAccepted
from shared.ids import MatchId, PersonId, ProgramId
from tests.scenario import START, Scenario
from tests.shared.web.api import Api, asking

ADA, BEN, CLEO = PersonId("ada"), PersonId("ben"), PersonId("cleo")
ADAS_AND_BENS = relationship_of(MatchId("ada-ben"))
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """Ada mentors Ben and Cleo; she meets Ben twice, and he has something to do."""
    scenario = with_two_relationships()
    with asking(scenario) as found:
        yield found


def with_two_relationships() -> Scenario:
    scenario, program = Scenario(service), ProgramId("p1")
    scenario.when(ProgramPublished(program_id=program, title="Tech", cadence="monthly", months=6, rules=ProgramRules()))
    for mentee in (BEN, CLEO):
        match = MatchId(f"ada-{mentee}")
        scenario.when(
            MatchAccepted(match_id=match, program_id=program, mentor_id=ADA, mentee_id=mentee, proposed_at=START)
        )
    for days in (1, 2):
        scenario.when(ScheduleSession(relationship_id=ADAS_AND_BENS, starts_at=START + days * DAY, time_zone="UTC"))
        scenario.advance(timedelta(seconds=1))
    scenario.when(AssignAction(relationship_id=ADAS_AND_BENS, owner_id=BEN, task="Write the CV"))
    return scenario


def as_person(api: Api, id: str) -> None:
    api.token = api.issuer.token(kind="person", sub=id)


def as_client(api: Api, tenant: str = "acme") -> None:
    api.token = api.issuer.token(kind="client", sub="hr", tenant=tenant)


@pytest.mark.parametrize(("person", "status"), [("ada", 200), ("ben", 200), ("cleo", 404)])
@pytest.mark.parametrize("path", ["", "/sessions", "/actions"])
def test_a_relationship_is_shown_to_its_members(api: Api, person: str, status: int, path: str) -> None:
    as_person(api, person)
    assert api.get(f"/v1/relationships/{ADAS_AND_BENS}{path}").status_code == status


def test_a_relationship_is_shown_with_its_version(api: Api) -> None:
    as_client(api)
    found = api.get(f"/v1/relationships/{ADAS_AND_BENS}")
    assert found.headers["etag"] == '"1"'
    assert found.json() == {
        "id": ADAS_AND_BENS,
        "version": 1,
        "program_id": "p1",
        "match_ids": ["ada-ben"],
        "members": [{"person_id": "ada", "role": "mentor"}, {"person_id": "ben", "role": "mentee"}],
        "started_at": "2027-01-04T09:00:00Z",
        "status": "active",
        "ended_at": None,
        "first_session_due": "2027-01-18T09:00:00Z",
        "names": {},
    }


def test_a_session_is_shown_in_utc_with_its_zone(api: Api) -> None:
    as_person(api, "ben")
    listed = api.get(f"/v1/relationships/{ADAS_AND_BENS}/sessions?limit=1").json()
    (session,) = listed["items"]
    assert session == api.get(f"/v1/sessions/{session['id']}").json()
    assert (session["starts_at"], session["time_zone"]) == ("2027-01-05T09:00:00Z", "UTC")
    assert (session["status"], session["version"], session["completed_by"]) == ("scheduled", 1, None)
    assert listed["next"] == session["id"]
    as_person(api, "cleo")
    assert api.get(f"/v1/sessions/{session['id']}").status_code == 404


def test_people_see_their_own_relationships_by_role(api: Api) -> None:
    as_person(api, "ada")
    mentored = api.get("/v1/people/ada/relationships?role=mentor").json()["items"]
    mentees = {member["person_id"] for one in mentored for member in one["members"] if member["role"] == "mentee"}
    assert mentees == {"ben", "cleo"}
    assert api.get("/v1/people/ada/relationships").json()["items"] == mentored
    assert api.get("/v1/people/ada/relationships?role=mentee").json()["items"] == []
    assert api.get("/v1/people/ben/relationships?role=mentee").status_code == 404


def test_the_relationships_of_a_program_are_shown_to_those_who_run_it(api: Api) -> None:
    as_client(api)
    assert len(api.get("/v1/programs/p1/relationships").json()["items"]) == 2
    as_person(api, "ada")
    assert api.get("/v1/programs/p1/relationships").status_code == 403


def test_what_is_to_be_done_is_shown_to_the_members_only(api: Api) -> None:
    as_person(api, "ada")
    (seen,) = api.get(f"/v1/relationships/{ADAS_AND_BENS}/actions").json()["items"]
    as_client(api)
    (hidden,) = api.get(f"/v1/relationships/{ADAS_AND_BENS}/actions").json()["items"]
    assert (seen["task"], hidden["task"]) == ("Write the CV", None)
    assert seen | {"task": None} == hidden


def test_another_tenant_finds_nothing(api: Api) -> None:
    as_client(api, tenant="globex")
    assert api.get(f"/v1/relationships/{ADAS_AND_BENS}").status_code == 404
    assert api.get("/v1/programs/p1/relationships").json() == {"items": [], "next": None}


def test_an_action_is_read_where_its_assignment_says_that_it_is() -> None:
    scenario = with_two_relationships()
    path, task = f"/v1/relationships/{ADAS_AND_BENS}/actions", {"owner_id": "ben", "task": "Read a book"}
    with asking(scenario) as api:
        as_person(api, "ben")
        where = api.post(path, task).headers["location"]
        assert (api.get(where).json()["task"], api.get(where).headers["etag"]) == ("Read a book", '"1"')
        as_client(api)
        assert api.get(where).json()["task"] is None
        as_person(api, "cleo")
        assert api.get(where).status_code == 404
