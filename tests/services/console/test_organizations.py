"""One browser and several organizations: signed in in each, one of them in use; and one that is suspended."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from tests.services.console.browsing import headline, send
from tests.services.console.world import TENANT, World
from tests.waiting import until

PIER = "sandbox-pier"
SWITCH = "/organizations/switch"


@pytest.fixture(scope="module")
def both(cell: World) -> Iterator[httpx.Client]:
    """A browser in which somebody is signed in in two organizations, with one address."""
    cell.add_person("Xenia Holm")
    operator = {"name": "Pier", "locale": "en", "time_zone": "Europe/Rome"}
    cell.cell.tenant = PIER
    cell.ask("intake", "RegisterOrganization", "operator/root", slug=PIER, **operator)
    cell.add_person("Xenia Holm")
    cell.cell.tenant = TENANT
    with cell.browser() as browser:
        cell.sign_in(browser, "xenia@example.org")
        cell.sign_in(browser, "xenia@example.org", PIER)
        yield browser


def ask_operator(cell: World, command: str, **fields: str) -> None:
    """Have an operator do something to the second organization."""
    cell.cell.tenant = PIER
    cell.ask("intake", command, "operator/root", organization_id=PIER, **fields)
    cell.cell.tenant = TENANT


def seen(cell: World, browser: httpx.Client, status: int) -> httpx.Response:
    """Today, as soon as it is answered with that status."""

    async def look() -> httpx.Response | None:
        page = await asyncio.to_thread(browser.get, "/today")
        return page if page.status_code == status else None

    return cell.run(until(look))


def test_one_goes_on_in_another_organization_without_signing_in_again(both: httpx.Client) -> None:
    page = both.get("/today")
    assert "<b>Pier</b>" in page.text
    page = send(both, page, SWITCH, organization=TENANT)
    assert page.url.path == "/today"
    assert "<b>Harbor</b>" in page.text
    page = send(both, page, SWITCH, organization=PIER)
    assert "<b>Pier</b>" in page.text


def test_an_organization_in_which_one_is_not_signed_in_leads_to_the_door(both: httpx.Client) -> None:
    page = send(both, both.get("/today"), SWITCH, organization="acme")
    assert page.url.path == "/sign-in"


def test_who_is_signed_in_is_told_that_the_organization_is_suspended_and_goes_on_after_it(
    cell: World, both: httpx.Client
) -> None:
    send(both, both.get("/today"), SWITCH, organization=PIER)
    ask_operator(cell, "SuspendOrganization", reason="other")
    page = seen(cell, both, 403)
    assert "Your organization is suspended." in page.text
    assert "you are still signed in" in page.text
    ask_operator(cell, "ResumeOrganization")
    assert headline(seen(cell, both, 200)), "the session has outlasted it"


def test_signing_out_closes_every_session_of_the_browser(cell: World) -> None:
    with cell.browser() as browser:
        cell.sign_in(browser, "xenia@example.org")
        cell.sign_in(browser, "xenia@example.org", PIER)
        cookie = browser.cookies["session"]
        assert send(browser, browser.get("/me"), "/sign-out").url.path == "/sign-in"
        browser.cookies.set("session", cookie)
        assert browser.get("/today").url.path == "/sign-in"
        _, _, second = cookie.partition("~")
        browser.cookies.set("session", second)
        assert browser.get("/today").url.path == "/sign-in"


def test_a_program_leads_to_the_same_page_of_another_one(admin: httpx.Client, program: str) -> None:
    form = {"title": "A second one", "cadence": "weekly", "months": "3"}
    other = send(admin, admin.get("/programs"), "/programs", **form).url.path.split("/")[2]
    assert f'href="/programs/{other}/team"' in admin.get(f"/programs/{program}/team").text
    assert f'href="/programs/{other}"' in admin.get(f"/programs/{program}").text
