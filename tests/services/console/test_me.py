"""The pages about oneself: the card, the address, the roles, where one is signed in, and who has looked."""

import asyncio

import httpx
import pytest

from services.intake.identity.model.address_changes import AddressChange
from shared.engine.authoring.reader import Reader
from shared.sign_in_secrets import AddressAsked
from tests.services.console.browsing import headline, send
from tests.services.console.world import TENANT, World, mailbox
from tests.waiting import until


def test_one_says_what_one_is_called_and_in_which_language_one_reads(cell: World) -> None:
    cell.add_person("Nele Brandt")
    with cell.browser() as browser:
        cell.sign_in(browser, "nele@example.org")
        form = {"name": "Nele Brandt-Meier", "pronouns": "sie/ihr", "locale": "de", "time_zone": "Europe/Berlin"}
        page = send(browser, browser.get("/me"), "/me/card", **form)
        assert headline(page) == "Du bist Nele Brandt-Meier."
        page = send(browser, page, "/me/show-email")
        assert 'name="shows_email" checked' not in page.text
        page = send(browser, page, "/me/show-email", shows_email="true")
        assert 'name="shows_email" checked' in page.text
        refused = send(browser, page, "/me/card", name="", pronouns="", locale="de", time_zone="Europe/Berlin")
        assert refused.status_code == 422


def test_a_new_address_counts_once_its_code_is_typed(cell: World) -> None:
    person = cell.add_person("Otto Lang")
    with cell.browser() as browser:
        cell.sign_in(browser, "otto@example.org")
        page = send(browser, browser.get("/me"), "/me/address", email="otto.lang@example.org")
        assert "otto.lang@example.org is not confirmed yet." in page.text
        change = cell.run(Reader(cell.cell.engines["intake"].store, TENANT).get(AddressChange, person)).change_id
        wrong = send(browser, page, "/me/address/confirm", code="000000")
        assert wrong.status_code == 403
        code = mailbox.address_code(AddressAsked(TENANT, person, change))
        page = send(browser, page, "/me/address/confirm", code=f"{code[:3]} {code[3:]}")
        assert page.url.path == "/sign-in", "all sessions have ended"
        assert cell.sign_in(browser, "otto.lang@example.org").url.path == "/today"


def test_a_new_address_is_confirmed_by_the_link_of_its_mail_in_any_browser(cell: World) -> None:
    person = cell.add_person("Oda Lang")
    with cell.browser() as browser, cell.browser() as phone:
        cell.sign_in(browser, "oda@example.org")
        send(browser, browser.get("/me"), "/me/address", email="oda.lang@example.org")
        change = cell.run(Reader(cell.cell.engines["intake"].store, TENANT).get(AddressChange, person)).change_id
        link = mailbox.address_link(AddressAsked(TENANT, person, change))
        page = phone.get("/address-change", params={"link": link.rpartition("link=")[2]})
        assert headline(page) == "Confirm your new address."
        assert "is not confirmed yet" in browser.get("/me").text, "looking at it confirms nothing"
        assert headline(send(phone, page, "/address-change")) == "Your new address is confirmed."
        assert send(phone, page, "/address-change").status_code == 403, "it works once"
        assert cell.sign_in(phone, "oda.lang@example.org").url.path == "/today"


def test_places_are_ended_one_by_one_or_all_at_once(cell: World) -> None:
    cell.add_person("Pia Nord")
    with cell.browser() as here, cell.browser() as there:
        cell.sign_in(here, "pia@example.org")
        cell.sign_in(there, "pia@example.org")
        page = here.get("/me/signing-in")
        assert headline(page) == "You are signed in in 2 places."
        assert page.text.count("This browser") == 1
        page = send(here, page, "/end")
        assert headline(page) == "You are signed in in one place."
        cell.told("AccessRevoked")
        assert there.get("/today").url.path == "/sign-in"
        assert send(here, page, "/me/sign-out-everywhere").url.path == "/sign-in"


def test_a_role_is_given_back(cell: World, admin: httpx.Client, program: str) -> None:
    cell.give_role(cell.add_person("Quirin Falk"), "lead", program)
    with cell.browser() as browser:
        cell.sign_in(browser, "quirin@example.org")
        page = browser.get("/me")
        assert "Lead mentor" in page.text
        assert "Lead mentor" not in send(browser, page, "/me/roles/leave").text


def test_one_sees_who_has_looked(cell: World, admin: httpx.Client) -> None:
    person = cell.add_person("Rita Sand")
    with cell.browser() as browser:
        cell.sign_in(browser, "rita@example.org")
        admin.get(f"/people/{person}")

        async def is_seen() -> bool:
            return "looked at a card" in (await asyncio.to_thread(browser.get, "/me/seen")).text

        cell.run(until(is_seen, 20))
        assert "as an admin" in browser.get("/me/seen").text


@pytest.mark.parametrize("path", ["/me", "/me/signing-in", "/me/seen"])
def test_everybody_has_pages_about_themselves(mentor: httpx.Client, path: str) -> None:
    assert headline(mentor.get(path))
