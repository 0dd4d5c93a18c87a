"""Operators' pages: how they get in, what they see, and what they put right."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from services.console.settings import ConsoleSettings
from tests.services.console.browsing import HEADLINE, headline, send
from tests.services.console.conftest import Pair
from tests.services.console.world import TENANT, World


def headline_of(page: httpx.Response) -> str:
    """What a page says first that lets nobody in."""
    found = HEADLINE.search(page.text)
    assert found, page.text
    return found[1].strip()


@pytest.fixture(scope="module")
def operator(cell: World) -> Iterator[httpx.Client]:
    """A browser in which an operator is signed in."""
    with cell.browser() as browser:
        assert cell.sign_in_operator(browser).status_code == 200
        yield browser


def test_a_link_asks_for_one_press_and_signs_in_once(cell: World) -> None:
    link = cell.operator_link()
    with cell.browser() as browser, cell.browser() as scanner:
        assert headline(scanner.get("/operator/sign-in", params={"link": link})) == "One press, and you are in."
        page = browser.get("/operator/sign-in", params={"link": link})
        assert headline(send(browser, page, "/operator/sign-in")).startswith("All 6 services run")
        used = scanner.get("/operator/sign-in", params={"link": link})
        assert (used.status_code, "ithaca sign-in --operator" in used.text) == (403, True)
        assert scanner.post("/operator/sign-in", data={"link": link}).status_code == 403


def test_who_has_no_link_is_told_how_to_get_one(cell: World) -> None:
    with cell.browser() as browser:
        assert "ithaca sign-in --operator" in browser.get("/operator/sign-in").text
        made_up = browser.get("/operator/sign-in", params={"link": "made.up"})
        assert (made_up.status_code, headline_of(made_up)) == (403, "This link signs nobody in.")


def test_an_operator_signs_out_and_is_out(cell: World) -> None:
    with cell.browser() as browser:
        page = cell.sign_in_operator(browser)
        send(browser, page, "/sign-out")
        assert browser.get("/operator").url.path == "/sign-in"


def test_the_front_page_of_an_operator_are_the_services(operator: httpx.Client) -> None:
    assert operator.get("/").url.path == "/operator"
    for service in ("console", "evaluation", "intake", "matching", "notify", "sessions"):
        assert f'href="/operator/services/{service}"' in operator.get("/operator").text
        assert headline(operator.get(f"/operator/services/{service}")).startswith(service)


PAGES = ["dead-letters", "trace", "events", "organizations", "replays", "waiting", "timers", "topics", "record"]


@pytest.mark.parametrize("page", PAGES)
def test_operators_have_their_pages_and_nobody_else_has(operator: httpx.Client, admin: httpx.Client, page: str) -> None:
    assert headline(operator.get(f"/operator/{page}"))
    assert admin.get(f"/operator/{page}").status_code == 403


@pytest.mark.parametrize("path", ["/today", "/programs", "/me", "/people"])
def test_an_operator_sees_nobodys_pages(operator: httpx.Client, path: str) -> None:
    assert operator.get(path).status_code in (403, 404)


def test_an_organization_is_limited_and_put_back_in_all_services(cell: World, operator: httpx.Client) -> None:
    path = f"/operator/organizations/{TENANT}"
    page = send(operator, operator.get(path), "/limit", weight="3", queued="500")
    assert "weight 3, 500 queued" in page.text
    refused = send(operator, page, "/limit", weight="1000")
    assert (refused.status_code, "This was not done" in refused.text) == (422, True)
    assert send(operator, page, "/limit").status_code == 422, "nothing was said"
    assert "weight 3" not in send(operator, page, "/limit/usual").text
    for engine in cell.cell.engines.values():
        assert cell.run(engine.store.count("tenants", {})) == 0


def test_an_organization_rests_and_goes_on(cell: World, operator: httpx.Client, admin: httpx.Client) -> None:
    path = f"/operator/organizations/{TENANT}"
    suspended = send(operator, operator.get(path), "/suspend", reason="payment")
    assert "It is suspended" in suspended.text
    again = operator.post(f"{path}/suspend", data={"reason": "payment", "key": ""})
    assert (again.status_code, "is suspended already" in again.text) == (409, True)
    resumed = send(operator, suspended, "/resume")
    assert "It is suspended" not in resumed.text
    assert operator.get("/operator/organizations/nowhere").status_code == 404


def test_the_first_admin_is_invited_by_who_acts_in_the_organization(operator: httpx.Client) -> None:
    operator_page = operator.get(f"/operator/organizations/{TENANT}")
    refused = send(operator, operator_page, "/invite", email="no address")
    assert (refused.status_code, "This was not done" in refused.text) == (422, True)
    found = send(operator, operator_page, "/provider")
    assert found.status_code in (404, 409), "it has no provider"


def test_a_replay_is_begun_and_a_name_of_a_service_refused(operator: httpx.Client) -> None:
    page = operator.get("/operator/replays")
    done = send(operator, page, "/operator/replays", service="intake", group="warehouse", types="ProgramPublished")
    assert "warehouse" in done.text
    refused = send(operator, page, "/operator/replays", service="intake", group="matching")
    assert (refused.status_code, "is the name of a service" in refused.text) == (409, True)
    unknown = send(operator, page, "/operator/replays", service="intake", group="warehouse", types="Nothing")
    assert (unknown.status_code, "publishes no Nothing" in unknown.text) == (422, True)


def test_events_are_filtered_and_lead_to_their_traces_without_their_data(
    operator: httpx.Client, admin: httpx.Client, pair: Pair
) -> None:
    page = operator.get("/operator/events", params={"type": "MatchProposed", "tenant": TENANT})
    assert headline(page) == "The latest event."
    assert "MatchProposed" in page.text
    assert pair.mentor not in page.text, "whom it is about is in its data"
    assert "No such event" in headline(operator.get("/operator/events", params={"type": "Nothing"}))
    found = re.search(r'href="(/operator/trace\?id=[^"]+)"', page.text)
    assert found
    trace = operator.get(found[1])
    assert "MatchProposed" in trace.text
    assert headline(operator.get("/operator/trace", params={"id": "no such id"})) == "Nothing has this id."


def test_what_operators_do_is_on_record(operator: httpx.Client) -> None:
    page = operator.get("/operator/record", params={"tenant": "-"})
    assert page.status_code == 200


def test_pages_stand_while_a_service_is_away(cell: World, operator: httpx.Client, monkeypatch: Any) -> None:
    elsewhere = ConsoleSettings.address_of
    monkeypatch.setattr(
        ConsoleSettings,
        "address_of",
        lambda self, name: "http://127.0.0.1:9" if name == "matching" else elsewhere(self, name),
    )
    assert headline(operator.get("/operator")) == "matching: does not answer."
    for page in ("dead-letters", "events", "organizations", "replays", "waiting", "timers", "topics", "record"):
        assert "Without matching, which does not answer." in operator.get(f"/operator/{page}").text
    assert operator.get("/operator/services/matching").status_code == 503
