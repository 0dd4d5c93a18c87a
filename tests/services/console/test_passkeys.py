"""Passkeys in a real browser, under the strict policy of the pages, with a device that Chromium plays."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect, sync_playwright

from shared.sign_in_secrets import Requested
from tests.browser import OPTIONS, chromium
from tests.services.console.judges import axe
from tests.services.console.running_world import world
from tests.services.console.test_in_browser import RULES
from tests.services.console.world import TENANT, World, mailbox
from tests.services.intake.identity.test_passkeys_in_a_browser import DEVICE

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def cell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A running cell whose pages are at a name, for which browsers make passkeys."""
    with world(tmp_path_factory.mktemp("cell"), [], has_passkeys=True) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=OPTIONS)
        yield opened
        opened.close()


class Desk:
    """A window of a browser with a device beside it, in which the policy of the pages refuses nothing."""

    def __init__(self, context: BrowserContext, cell: World) -> None:
        self.cell, self.page = cell, context.new_page()
        self.refused = list[str]()
        self.page.on("console", lambda said: self.refused.append(said.text) if "Policy" in said.text else None)
        self.devices: CDPSession = context.new_cdp_session(self.page)
        self.devices.send("WebAuthn.enable")
        self.device: dict[str, Any] = self.devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})

    def sign_in_by_mail(self, email: str) -> Page:
        """Sign in with the code of a mail."""
        page = self.page
        page.goto("/sign-in")
        page.get_by_label("Your organization").fill(TENANT)
        page.get_by_label("Your e-mail address").fill(email)
        page.get_by_role("button", name="Send me a link").click()
        self.type_code()
        return page

    def type_code(self) -> None:
        """Type the code of the mail that the page waits for."""
        self.page.wait_for_url("**/sign-in/code?**")
        asked = Requested(*self.page.locator("input[name=asked]").input_value().split("."))
        self.cell.run(self.cell.until_answered(asked.id))
        self.page.get_by_label("The six digits in the mail").fill(mailbox.code(asked))
        self.page.get_by_role("button", name="Sign in").click()

    def add(self, name: str) -> None:
        """Have the device make a passkey of that name."""
        self.page.get_by_label("What you call this device").fill(name)
        self.page.get_by_role("button", name="Add the passkey").click()


@pytest.fixture
def desk(browser: Browser, cell: World) -> Iterator[Desk]:
    """A desk of one's own."""
    context = browser.new_context(base_url=f"http://localhost:{cell.ports['console']}", locale="en-US")
    found = Desk(context, cell)
    yield found
    context.close()
    assert found.refused == []


def test_a_passkey_is_offered_once_added_named_used_and_removed(desk: Desk, cell: World) -> None:
    cell.add_person("Ada Moretti")
    page = desk.sign_in_by_mail("ada@example.org")
    page.wait_for_url("**/passkeys/offer?**")
    assert look(page) == []
    page.get_by_role("link", name="Add a passkey").click()
    assert look(page) == []
    desk.add("Laptop at work")
    page.wait_for_url("**/today")
    page.goto("/me/signing-in")
    expect(page.get_by_text("Laptop at work")).to_be_visible()
    page.get_by_text("Call it otherwise…").click()
    page.get_by_label("Name", exact=True).fill("Old laptop")
    page.get_by_role("button", name="Save the name").click()
    expect(page.get_by_text("Old laptop")).to_be_visible()
    page.goto("/me")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/today")
    page.goto("/me/signing-in")
    page.get_by_role("button", name="Remove Old laptop").click()
    expect(page.get_by_text("You have none yet.")).to_be_visible()


def test_whoever_does_not_want_one_goes_on_and_is_not_asked_again(desk: Desk, cell: World) -> None:
    cell.add_person("Bo Lind")
    page = desk.sign_in_by_mail("bo@example.org")
    page.get_by_role("link", name="Not now").click()
    page.wait_for_url("**/today")
    desk.sign_in_by_mail("bo@example.org").wait_for_url("**/today")


def test_a_device_that_is_not_unlocked_signs_nobody_in_and_says_what_else_there_is(desk: Desk) -> None:
    page = desk.page
    desk.devices.send("WebAuthn.setUserVerified", {**desk.device, "isUserVerified": False})
    page.goto("/sign-in")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Your device was not asked to the end.")).to_be_visible()
    assert page.url.endswith("/sign-in")


def test_an_admin_who_needs_a_passkey_adds_one_before_anything_else(desk: Desk, cell: World) -> None:
    for name in ("Cleo Ray", "Dora Ray"):
        cell.give_role(cell.add_person(name), "admin")
    cell.ask("intake", "RequirePasskeys", is_required=True)
    page = desk.sign_in_by_mail("cleo@example.org")
    page.wait_for_url("**/passkeys/new")
    page.goto("/today")
    page.wait_for_url("**/passkeys/new")
    desk.add("Key")
    page.wait_for_url("**/sign-in")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/today")
    page.goto("/people")
    expect(page.get_by_role("heading", level=1)).to_contain_text("people")


def look(page: Page) -> list[str]:
    """What axe finds on a page."""
    page.evaluate(axe())
    found = page.evaluate("async (tags) => (await axe.run(document, {runOnly: tags})).violations", RULES)
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
