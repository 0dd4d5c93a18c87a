"""What can be read of the figures of a program, and by whom."""

from collections.abc import Iterator

import pytest

from services.evaluation.figures.kpis import KpiName
from shared.ids import PersonId
from tests.services.evaluation.small_program import a_small_program, as_client, as_person
from tests.shared.web.api import Api, asking

MORE = [PersonId(name) for name in ("dan", "eva", "flo")]
"""Who take part besides two."""


@pytest.fixture(scope="module")
def larger() -> Iterator[Api]:
    """A program with five mentees."""
    with asking(a_small_program(MORE)) as found:
        yield found


def test_the_figures_of_a_program_are_shown_with_formula_and_text(api: Api) -> None:
    as_client(api)
    found = {item["name"]: item for item in api.get("/v1/programs/p1/kpis").json()["items"]}
    assert {name: item["text"] for name, item in found.items()} == {
        "match_rate": "100 %",
        "time_to_match": "0 days",
        "acceptance": "100 %",
        "session_completion": "100 %",
        "satisfaction": "fewer than 5 answers",
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
        "interval": [34.2, 100.0],
        "events": "",
    }
    shares = [item for item in found.values() if item["unit"] == "%"]
    assert [item["name"] for item in shares if item["interval"] is None] == []
    assert found["time_to_match"]["interval"] is None


def test_a_program_without_events_has_no_figures(api: Api) -> None:
    as_client(api)
    found = api.get("/v1/programs/nothing/kpis").json()["items"]
    assert [(item["value"], item["text"]) for item in found] == [(None, "-")] * len(KpiName)


def test_nobody_is_led_to_what_one_person_has_answered(api: Api) -> None:
    as_client(api)
    (found,) = (one for one in api.get("/v1/programs/p1/kpis").json()["items"] if one["name"] == "satisfaction")
    assert (found["value"], found["numerator"], found["denominator"], found["events"]) == (None, None, 1, None)
    refused = api.get("/v1/programs/p1/kpis/satisfaction/events")
    assert (refused.status_code, refused.json()["code"]) == (403, "answers-confidential")


def test_every_other_figure_of_five_leads_to_the_events_behind_it(api: Api, larger: Api) -> None:
    as_client(larger)
    counted = {}
    for item in larger.get("/v1/programs/p1/kpis").json()["items"]:
        if item["events"]:
            events = larger.get(item["events"]).json()["items"]
            counted[item["name"]] = sorted(event["type"] for event in events)
    assert counted == {
        "match_rate": ["ApplicationApproved"] * 5 + ["MatchAccepted"] * 5,
        "time_to_match": ["ApplicationApproved"] * 5 + ["MatchAccepted"] * 5,
        "acceptance": ["MatchAccepted"] * 5,
        "session_completion": ["SessionCompleted"] * 5,
        "response_rate": ["SurveyAnswered"] + ["SurveyInvited"] * 10,
    }


@pytest.mark.parametrize("kpi", sorted({*KpiName} - {KpiName.SATISFACTION}))
def test_nobody_is_led_to_what_single_people_have_done(api: Api, kpi: str) -> None:
    as_client(api)
    (found,) = (one for one in api.get("/v1/programs/p1/kpis").json()["items"] if one["name"] == kpi)
    assert (found["value"] is not None, found["events"]) == (True, None)
    refused = api.get(f"/v1/programs/p1/kpis/{kpi}/events")
    assert (refused.status_code, refused.json()["code"], refused.json()["fewest"]) == (403, "too-few-people", 5)


def test_the_events_behind_a_figure_are_read_page_by_page(larger: Api) -> None:
    as_client(larger)
    path, after, pages = "/v1/programs/p1/kpis/response_rate/events", "", []
    while after is not None:
        page = larger.get(path, params={"limit": 6} | ({"after": after} if after else {})).json()
        pages.append([event["event_id"] for event in page["items"]])
        after = page["next"]
    assert [len(page) for page in pages] == [6, 5]
    every = [id for page in pages for id in page]
    assert every == sorted(set(every))


def test_a_figure_that_does_not_exist_is_refused_with_those_that_do(api: Api) -> None:
    as_client(api)
    refused = api.get("/v1/programs/p1/kpis/luck/events")
    assert refused.status_code == 422
    assert "match_rate" in refused.text


@pytest.mark.parametrize("path", ["kpis", "kpis/match_rate/events"])
def test_figures_are_for_those_who_run_the_program(api: Api, path: str) -> None:
    as_person(api, "ada")
    assert api.get(f"/v1/programs/p1/{path}").status_code == 403


def test_another_tenant_finds_no_events(api: Api) -> None:
    as_client(api, tenant="globex")
    assert api.get("/v1/programs/p1/kpis/match_rate/events").json() == {"items": [], "next": None}
