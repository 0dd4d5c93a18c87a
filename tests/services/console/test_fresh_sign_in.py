"""What takes a fresh sign-in: pages lead through it, and come back with what was typed."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from tests.services.console.browsing import headline, send
from tests.services.console.world import World


@pytest.fixture
def stale(cell: World, admin: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """A browser in which an admin has signed in too long ago for some things."""
    if "Ute" not in admin.get("/people", params={"q": "ute"}).text:
        cell.give_role(cell.add_person("Ute Brand"), "admin")
    with monkeypatch.context() as clock, cell.browser() as browser:
        clock.setattr("shared.engine.authoring.freshness.FRESH", timedelta(0))
        cell.sign_in(browser, "ute@example.org")
        clock.undo()
        yield browser


def test_a_form_is_kept_while_its_sender_shows_who_they_are(cell: World, stale: httpx.Client, program: str) -> None:
    person = cell.add_person("Vito Marsh")
    page = send(stale, stale.get(f"/people/{person}"), "/roles", role=f"lead:{program}")
    assert page.url.path == "/sign-in/again"
    assert "What you have typed is kept" in page.text
    page = cell.type_code(stale, send(stale, page, "/sign-in/again/mail?next=%2Fsign-in%2Fgo-on"))
    assert page.url.path == "/sign-in/go-on"
    assert "Lead mentor" not in stale.get(f"/people/{person}").text.partition("Another role")[0], "nothing was done yet"
    page = send(stale, page, f"/people/{person}/roles")
    assert page.url.path == f"/people/{person}"
    assert "Lead mentor" in page.text.partition("Another role")[0]
    assert headline(stale.get("/me/signing-in")) == "You are signed in in one place.", "the session before is over"


def test_a_form_is_kept_for_its_sender_alone(cell: World, stale: httpx.Client) -> None:
    person = cell.add_person("Wanda Reed")
    page = send(stale, stale.get(f"/people/{person}"), "/suspend")
    assert page.url.path == "/sign-in/again"
    cell.sign_in(stale, "wanda@example.org")
    page = stale.get("/sign-in/go-on")
    assert headline(page) == "Nothing waits to be sent."
    assert "/suspend" not in page.text


def test_what_was_sent_is_sealed_where_it_is_kept(cell: World, stale: httpx.Client) -> None:
    page = send(stale, stale.get("/clients"), "/clients", name="A telling name", scopes="intake:read")
    assert page.url.path == "/sign-in/again"
    kept = repr(cell.cell.engines["console"].store.collections)  # type: ignore[attr-defined]  # of the one in memory
    assert "held_form" in kept
    assert "A telling name" not in kept


def test_whoever_is_not_signed_in_is_led_to_the_door(cell: World) -> None:
    with cell.browser() as nobody:
        assert nobody.get("/sign-in/again").url.path == "/sign-in"
        assert headline(nobody.get("/sign-in/go-on")) == "Nothing waits to be sent."
