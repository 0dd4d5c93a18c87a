"""The clock of a sandbox over HTTP: who may move it, by how much, and what it shows."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from services.intake.service import service
from shared.clock import system_clock
from shared.installed import installed_services
from tests.shared.web.api import Api, running

CLOCK = "/v1/organizations/sandbox-harbor/clock"


@pytest.fixture
def api() -> Iterator[Api]:
    """Requests are a client's of a sandbox; there is a live organization, too."""
    with running(service) as api:
        api.token = api.issuer.token(kind="operator", tenant=None, sub="root")
        for slug in ("sandbox-harbor", "harbor"):
            api.post("/v1/organizations", {"slug": slug, "name": "Harbor", "time_zone": "Europe/Rome"})
        as_client(api)
        yield api


def as_client(api: Api, tenant: str = "sandbox-harbor") -> None:
    api.token = api.issuer.token(kind="client", sub="hr", tenant=tenant)


def problem(api: Api, body: object, path: str = CLOCK) -> tuple[int, str]:
    answer = api.post(f"{path}/advance", body)
    return answer.status_code, answer.json()["code"]


def test_an_advance_is_taken_and_the_answer_says_whom_it_waits_for(api: Api) -> None:
    answer = api.post(f"{CLOCK}/advance", {"by": "P30D"})
    shown = answer.json()
    assert answer.status_code == 202
    assert datetime.fromisoformat(shown["target"]) - datetime.fromisoformat(shown["now"]) == timedelta(days=30)
    assert shown["moving"]
    assert shown["waiting_for"] == [service.name for service in installed_services()]


def test_the_clock_is_shown_as_far_as_it_has_been_followed(api: Api) -> None:
    api.post(f"{CLOCK}/advance", {"by": "PT26H"})
    shown = api.get(CLOCK).json()
    assert (shown["moving"], shown["followed"]) == (True, {})


def test_a_sandbox_that_was_never_moved_shows_the_machine_s_time(api: Api) -> None:
    before = system_clock()
    shown = api.get(CLOCK).json()
    assert before <= datetime.fromisoformat(shown["now"]) <= system_clock()
    assert (shown["moving"], shown["target"], shown["waiting_for"]) == (False, None, [])


def test_a_month_leads_to_the_same_day_of_the_next_one(api: Api) -> None:
    before = system_clock()
    shown = api.post(f"{CLOCK}/advance", {"by": "P1M"}).json()
    target = datetime.fromisoformat(shown["target"])
    last = monthrange(target.year, target.month)[1]
    assert target.day in {min(now.day, last) for now in (before, system_clock())}


def test_it_can_be_moved_to_a_time(api: Api) -> None:
    to = system_clock() + timedelta(days=3)
    shown = api.post(f"{CLOCK}/advance", {"to": to.isoformat()}).json()
    assert datetime.fromisoformat(shown["target"]) == to


def test_a_second_advance_is_refused_until_the_first_has_arrived(api: Api) -> None:
    api.post(f"{CLOCK}/advance", {"by": "P1D"})
    assert problem(api, {"by": "P1D"}) == (409, "clock-moving")


@pytest.mark.parametrize("by", ["P0D", "-P1D", "-PT1H"])
def test_backwards_and_by_zero_is_refused(api: Api, by: str) -> None:
    assert problem(api, {"by": by}) == (409, "clock-not-forward")


def test_to_a_time_that_is_past_is_refused(api: Api) -> None:
    assert problem(api, {"to": "2020-01-01T00:00:00Z"}) == (409, "clock-not-forward")


@pytest.mark.parametrize("body", [{"by": "P367D"}, {"by": "P999999D"}, {"to": "9999-12-31T23:59:59Z"}])
def test_further_than_a_year_is_refused(api: Api, body: object) -> None:
    assert problem(api, body) == (409, "clock-too-far")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"by": "P1D", "to": "2030-01-01T00:00:00Z"},
        {"by": 86400},
        {"by": "tomorrow"},
        {"to": "2030-01-01T00:00:00"},
        {"to": "2030-01-01"},
        {"to": 1893456000},
        {"by": "1M"},
    ],
)
def test_what_is_no_distance_is_refused_with_an_example(api: Api, body: object) -> None:
    answer = api.post(f"{CLOCK}/advance", body)
    assert answer.status_code == 422
    assert any(hint in answer.text for hint in ("P30D", "timezone", "2027-01-31T12:00:00Z"))


def test_a_live_organization_has_no_clock_to_move_or_to_look_at(api: Api) -> None:
    as_client(api, "harbor")
    assert problem(api, {"by": "P1D"}, "/v1/organizations/harbor/clock") == (409, "live-organization")
    assert api.get("/v1/organizations/harbor/clock").json()["code"] == "live-organization"


def test_an_organization_that_does_not_exist_has_no_clock(api: Api) -> None:
    as_client(api, "sandbox-nowhere")
    path = "/v1/organizations/sandbox-nowhere/clock"
    assert problem(api, {"by": "P1D"}, path) == (404, "not-found")
    assert api.get(path).status_code == 404


def test_others_and_people_may_not_move_it(api: Api) -> None:
    as_client(api, "harbor")
    assert problem(api, {"by": "P1D"}) == (403, "not-allowed")
    api.token = api.issuer.token(kind="person", sub="ada", tenant="sandbox-harbor")
    assert problem(api, {"by": "P1D"}) == (403, "not-allowed")


def test_an_operator_may_move_it(api: Api) -> None:
    api.token = api.issuer.token(kind="operator", tenant=None, sub="root")
    assert api.post(f"{CLOCK}/advance", {"by": "P1D"}).status_code == 202
