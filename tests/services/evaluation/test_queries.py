"""What can be read of evaluation, and by whom."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from services.evaluation.commands import GiveFeedback
from services.evaluation.kpis import KpiName
from services.evaluation.service import service
from shared.contracts.evaluation import FeedbackGiven, SurveyInvited
from shared.contracts.intake import ApplicationApproved, ProgramPublished, ProgramRules, Role
from shared.contracts.matching import MatchAccepted, MatchProposed
from shared.contracts.members import pair
from shared.contracts.sessions import RelationshipStarted, SessionCompleted
from shared.ids import ApplicationId, InvitationId, MatchId, PersonId, ProgramId, RelationshipId, SessionId
from shared.settings import Settings
from shared.web.app import create_app
from tests.scenario import START, Scenario
from tests.shared.web.api import Api
from tests.shared.web.issuing import Issuer

PROGRAM, ADA, BEN, CLEO = ProgramId("p1"), PersonId("ada"), PersonId("ben"), PersonId("cleo")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """Two mentees are approved and matched; Ben has met Ada and answered, Cleo has booked nothing for ten days."""
    scenario, issuer = a_small_program(), Issuer()
    with asyncio.Runner() as runner:
        app = create_app(service, scenario.executor.submit, scenario.store, Settings(), issuer.verifier())
        yield Api(runner, app, issuer)


def a_small_program() -> Scenario:
    scenario = Scenario(service)
    scenario.when(ProgramPublished(program_id=PROGRAM, title="Tech", cadence="monthly", months=6, rules=ProgramRules()))
    for mentee in (BEN, CLEO):
        start_with_ada(scenario, mentee)
    meet(scenario)
    scenario.when(GiveFeedback(invitation_id=InvitationId("s1-ben"), satisfaction=4), actor="person/ben")
    for event in scenario.events(SurveyInvited, FeedbackGiven):
        scenario.when(event)
    return scenario.advance(10 * DAY)


def start_with_ada(scenario: Scenario, mentee: PersonId) -> None:
    application, match = ApplicationId(f"a-{mentee}"), MatchId(f"ada-{mentee}")
    scenario.when(
        ApplicationApproved(application_id=application, program_id=PROGRAM, person_id=mentee, role=Role.MENTEE)
    )
    scenario.when(
        MatchProposed(
            match_id=match,
            program_id=PROGRAM,
            mentor_id=ADA,
            mentee_id=mentee,
            mentor_application_id=ApplicationId("a-ada"),
            mentee_application_id=application,
            score=0.8,
            expires_at=START + 7 * DAY,
        )
    )
    scenario.when(MatchAccepted(match_id=match, program_id=PROGRAM, mentor_id=ADA, mentee_id=mentee, proposed_at=START))
    scenario.when(
        RelationshipStarted(
            relationship_id=RelationshipId(match),
            program_id=PROGRAM,
            match_ids=(match,),
            members=pair(ADA, mentee),
            started_at=START,
            first_session_due=START + 14 * DAY,
        )
    )


def meet(scenario: Scenario) -> None:
    scenario.when(
        SessionCompleted(
            session_id=SessionId("s1"),
            relationship_id=RelationshipId("ada-ben"),
            program_id=PROGRAM,
            members=pair(ADA, BEN),
            starts_at=START - HOUR,
            ends_at=START,
            completed_by=BEN,
        )
    )


def as_person(api: Api, id: str) -> None:
    api.token = api.issuer.token(kind="person", sub=id)


def as_client(api: Api, tenant: str = "acme") -> None:
    api.token = api.issuer.token(kind="client", sub="hr", tenant=tenant)


def test_people_see_what_they_have_not_answered(api: Api) -> None:
    as_person(api, "ada")
    (invitation,) = api.get("/v1/people/ada/invitations").json()["items"]
    assert invitation == {
        "id": "s1-ada",
        "version": 2,
        "program_id": "p1",
        "relationship_id": "ada-ben",
        "session_id": "s1",
        "members": [{"person_id": "ada", "role": "mentor"}, {"person_id": "ben", "role": "mentee"}],
        "role": "mentor",
        "status": "reminded",
    }
    assert api.get("/v1/people/ben/invitations").status_code == 403
    as_person(api, "ben")
    assert api.get("/v1/people/ben/invitations").json() == {"items": [], "next": None}


def test_a_pair_at_risk_is_shown_with_its_evidence(api: Api) -> None:
    as_client(api)
    (risk,) = api.get("/v1/programs/p1/risks").json()["items"]
    assert (risk["id"], risk["rule"]) == ("ada-cleo-nothing-booked", "nothing_booked_10_days")
    assert risk["members"] == [{"person_id": "ada", "role": "mentor"}, {"person_id": "cleo", "role": "mentee"}]
    assert (risk["raised_at"], len(risk["evidence"])) == ("2027-01-14T09:00:00Z", 1)


def test_the_figures_of_a_program_are_shown_with_formula_and_text(api: Api) -> None:
    as_client(api)
    found = {item["name"]: item for item in api.get("/v1/programs/p1/kpis").json()["items"]}
    assert {name: item["text"] for name, item in found.items()} == {
        "match_rate": "100 %",
        "time_to_match": "0 days",
        "acceptance": "100 %",
        "session_completion": "100 %",
        "satisfaction": "4 of 5",
        "response_rate": "50 %",
    }
    assert found["response_rate"]["interval"] == [9.5, 90.5]
    assert found["match_rate"] | {"events": ""} == {
        "name": "match_rate",
        "title": "Match rate",
        "formula": "mentees in a live match / mentees approved who have not withdrawn or left",
        "unit": "%",
        "value": 100.0,
        "text": "100 %",
        "numerator": 2,
        "denominator": 2,
        "interval": None,
        "events": "",
    }


def test_a_program_without_events_has_no_figures(api: Api) -> None:
    as_client(api)
    found = api.get("/v1/programs/nothing/kpis").json()["items"]
    assert [(item["value"], item["text"]) for item in found] == [(None, "-")] * len(KpiName)


def test_every_figure_leads_to_the_events_behind_it(api: Api) -> None:
    as_client(api)
    counted = {}
    for item in api.get("/v1/programs/p1/kpis").json()["items"]:
        events = api.get(item["events"]).json()["items"]
        counted[item["name"]] = sorted(event["type"] for event in events)
    assert counted == {
        "match_rate": ["ApplicationApproved"] * 2 + ["MatchAccepted"] * 2,
        "time_to_match": ["ApplicationApproved"] * 2 + ["MatchAccepted"] * 2,
        "acceptance": ["MatchAccepted"] * 2,
        "session_completion": ["SessionCompleted"],
        "satisfaction": ["FeedbackGiven"],
        "response_rate": ["FeedbackGiven", "SurveyInvited", "SurveyInvited"],
    }


def test_the_events_behind_a_figure_are_read_page_by_page(api: Api) -> None:
    as_client(api)
    path, after, pages = "/v1/programs/p1/kpis/response_rate/events", "", []
    while after is not None:
        page = api.get(path, params={"limit": 2} | ({"after": after} if after else {})).json()
        pages.append([event["event_id"] for event in page["items"]])
        after = page["next"]
    assert [len(page) for page in pages] == [2, 1]
    every = [id for page in pages for id in page]
    assert every == sorted(set(every))


def test_a_figure_that_does_not_exist_is_refused_with_those_that_do(api: Api) -> None:
    as_client(api)
    refused = api.get("/v1/programs/p1/kpis/luck/events")
    assert refused.status_code == 422
    assert "match_rate" in refused.text


@pytest.mark.parametrize("path", ["risks", "kpis", "kpis/match_rate/events"])
def test_figures_and_risks_are_for_those_who_run_the_program(api: Api, path: str) -> None:
    as_person(api, "ada")
    assert api.get(f"/v1/programs/p1/{path}").status_code == 403


def test_another_tenant_finds_nothing(api: Api) -> None:
    as_client(api, tenant="globex")
    assert api.get("/v1/programs/p1/risks").json() == {"items": [], "next": None}
    assert api.get("/v1/programs/p1/kpis/match_rate/events").json() == {"items": [], "next": None}
