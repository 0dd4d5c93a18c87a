"""Operators' pages in a real browser: nobody is kept out, and a cause is tried again by keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from shared.engine.authoring.handlers import Handler
from tests.services.console.test_in_browser import CHROMIUM, look_at_all
from tests.services.console.test_planted_fault import Planted, accepted, die
from tests.services.console.world import TENANT, World

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, cell: World) -> Iterator[Page]:
    """A window in which an operator signs in by keyboard; nothing in it may be refused by the policy of the pages."""
    context = chromium.new_context(base_url=cell.address, locale="en-US")
    found, refused = context.new_page(), list[str]()
    found.on("console", lambda message: refused.append(message.text) if "Policy" in message.text else None)
    found.goto(f"/operator/sign-in?link={cell.operator_link()}")
    found.get_by_role("button", name="Sign in as an operator").focus()
    found.keyboard.press("Enter")
    found.wait_for_url("**/operator")
    yield found
    context.close()
    assert refused == []


@pytest.fixture
def repaired(cell: World) -> Handler:
    """A handler that has failed for good, and works again."""
    handler: Handler = cell.cell.engines["sessions"].service.by_name["start-relationship"]

    def broken(*_: object, **__: object) -> None:
        raise Planted

    with pytest.MonkeyPatch.context() as planted, cell.browser() as operator:
        planted.setattr(handler, "function", broken)
        accepted(cell)
        cell.sign_in_operator(operator)
        die(cell, operator)
    return handler


def test_nobody_is_kept_out_of_the_pages_of_operators_and_a_cause_is_tried_again_by_keyboard(
    page: Page, cell: World, repaired: Handler
) -> None:
    page.goto("/operator/dead-letters")
    cause = page.get_by_role("link", name="Look at it").get_attribute("href")
    page.goto(f"{cause}")
    trace = page.get_by_role("link", name="MatchAccepted").get_attribute("href")
    inside = ["organizations", f"organizations/{TENANT}", "events", "replays", "waiting", "timers", "topics", "record"]
    paths = ["/operator", "/operator/services/sessions", "/operator/dead-letters", f"{cause}?dry_run=true", f"{trace}"]
    assert look_at_all(page, [*paths, *(f"/operator/{path}" for path in inside)]) == {}
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/operator")
    page.get_by_role("link", name="Look at the causes").press("Enter")
    page.get_by_role("link", name="Try as a dry run").press("Enter")
    page.get_by_text("It would cause RelationshipStarted.").wait_for()
    page.get_by_role("button", name="Try one again").press("Enter")
    page.get_by_role("heading", name="Nothing of it is left.").wait_for()
