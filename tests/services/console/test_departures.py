"""Somebody leaves, is erased or has themselves erased: what their pages say, and what every service keeps then."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from shared.engine.authoring import freshness
from tests.services.console.browsing import headline, send
from tests.services.console.conftest import Pair
from tests.services.console.world import TENANT, World
from tests.waiting import eventually


def having(cell: World, text: str) -> set[str]:
    """The services in whose databases a text is."""
    return {
        name
        for name, engine in cell.cell.engines.items()
        for rows in engine.store.collections.values()  # type: ignore[attr-defined]  # it is in memory
        for raw in rows.values()
        if text.encode() in raw
    }


def sooner_or_later(holds: Callable[[], bool]) -> None:
    """Wait for it, in the thread of the test."""
    asyncio.run(eventually(holds))


def test_who_leaves_is_told_what_ends_and_comes_in_no_more(cell: World) -> None:
    cell.add_person("Lena Adler")
    with cell.browser() as browser:
        cell.sign_in(browser, "lena@example.org")
        page = browser.get("/me/leave")
        assert headline(page) == "Leave Harbor."
        assert headline(send(browser, page, "/me/leave")) == "You have left."
        sooner_or_later(lambda: browser.get("/today").url.path == "/sign-in")
        refused = cell.sign_in(browser, "lena@example.org")
        assert (refused.status_code, "ask an admin of it to let you in again" in refused.text) == (403, True)


def test_who_has_themselves_erased_is_told_what_stays_and_is_unknown_then(cell: World) -> None:
    cell.add_person("Emil Brand")
    with cell.browser() as browser:
        cell.sign_in(browser, "emil@example.org")
        page = browser.get("/me/leave")
        assert "under a number that leads to nobody" in page.text
        assert headline(send(browser, page, "/me/erase")) == "You are being erased."
        sooner_or_later(lambda: browser.get("/today").url.path == "/sign-in")
    again = cell.add_person("Emil Brand")
    assert again, "the address is free"


def test_the_last_admin_has_no_button_to_go_with(cell: World, admin: httpx.Client) -> None:
    page = admin.get("/me/leave")
    assert "You are the only admin." in page.text
    assert 'action="/me/leave"' not in page.text
    forced = admin.post("/me/erase", data={"key": "k"})
    assert (forced.status_code, "make somebody else an admin first" in forced.text) == (409, True)


def test_who_has_signed_in_long_ago_is_led_to_the_door_and_back(cell: World, admin: httpx.Client) -> None:
    person = cell.add_person("Olga Nowak")
    with pytest.MonkeyPatch.context() as time, cell.browser() as browser:
        time.setattr(freshness, "FRESH", timedelta(seconds=-1))
        cell.sign_in(browser, "rosa@example.org")
        refused = send(browser, browser.get(f"/people/{person}/erase"), "/erase")
    assert refused.url.path == "/sign-in/again"
    assert headline(admin.get(f"/people/{person}/erase")) == "Erase Olga Nowak?"


def test_an_admin_erases_somebody_and_every_service_confirms_that_it_keeps_nothing_but_ids(
    cell: World, admin: httpx.Client, mentor: httpx.Client, mentee: httpx.Client, pair: Pair
) -> None:
    for browser in (mentor, mentee):
        send(browser, browser.get(f"/matches/{pair.match}"), "/accept")
    cell.told("RelationshipStarted")
    assert having(cell, "Conti") >= {"intake", "notify", "matching", "sessions", "evaluation"}
    page = admin.get(f"/people/{pair.mentee}/erase")
    assert headline(page) == "Erase Mia Conti?"
    assert "<li><b>1</b><span>match: the other is told that it has ended, and not why" in page.text
    page = send(admin, page, f"/people/{pair.mentee}/erase")
    assert headline(page) == "This person is being erased."
    cell.told("RelationshipEndedEarly")
    sooner_or_later(lambda: admin.get(f"/people/{pair.mentee}/erase").text.count("not yet") == 1)
    cell.ask("intake", "AdvanceClock", organization_id=TENANT, by="P1D")
    cell.told("PersonErased")
    page = admin.get(f"/people/{pair.mentee}/erase")
    assert headline(page) == "Nothing is kept of this person but ids."
    assert "<textarea" in page.text
    sooner_or_later(lambda: having(cell, "Conti") == set())
    letters = [mail.content.decode() for mail in cell.mails if isinstance(mail.content, bytes)]
    to_mentor = [one for one in letters if "grace@example.org" in one and "has ended early" in one]
    assert len(to_mentor) == 1
    assert "Mia Conti" in to_mentor[0]
    assert "erase" not in to_mentor[0]
