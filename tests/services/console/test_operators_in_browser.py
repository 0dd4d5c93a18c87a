"""Operators' pages in a real browser: nobody is kept out, and a cause is tried again by keyboard."""

import pytest
from playwright.sync_api import Page

from shared.engine.authoring.handlers import Handler
from tests.services.console.test_in_browser import look_at_all
from tests.services.console.test_planted_fault import Planted, accepted, die
from tests.services.console.world import TENANT, World

pytestmark = pytest.mark.real


@pytest.fixture
def operator(page: Page, cell: World) -> Page:
    """A window in which an operator has signed in by keyboard."""
    page.goto(f"/operator/sign-in?link={cell.operator_link()}")
    page.get_by_role("button", name="Sign in as an operator").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/operator")
    return page


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
    operator: Page, repaired: Handler
) -> None:
    page = operator
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
