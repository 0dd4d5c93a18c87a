"""Pages that are open in a real browser while others are at work."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.services.console.test_in_browser import sign_in
from tests.services.console.world import World

pytestmark = pytest.mark.real

SOON = 30_000
"""Milliseconds: what takes a second here may take long on a busy machine."""


@pytest.fixture
def rosa(cell: World, page: Page, admin: httpx.Client) -> Iterator[Page]:
    """A window in which an admin is signed in, who also looks from elsewhere."""
    sign_in(page, cell, "rosa@example.org")
    page.evaluate("window.isTheSame = true")
    yield page
    assert page.evaluate("window.isTheSame"), "nothing of this takes a reload"


def test_what_waits_shows_by_itself_and_the_title_says_so(cell: World, program: str, rosa: Page) -> None:
    expect(rosa.locator("h1")).to_contain_text("Nothing needs you")
    cell.apply(program, cell.add_person("Ben Okafor"), "mentee")
    expect(rosa.locator("h1")).to_contain_text("One thing needs you", timeout=SOON)
    expect(rosa.get_by_role("heading", name="One application to Long-term mentoring")).to_be_visible()
    expect(rosa).to_have_title("One thing needs you")


def test_a_second_window_is_told_by_the_first_and_takes_over_from_it(
    cell: World, program: str, rosa: Page, chromium: Browser
) -> None:
    second = rosa.context.new_page()
    asked = list[str]()
    second.on("request", lambda request: asked.append(request.url) if "/live?" in request.url else None)
    second.goto("/today")
    heading = second.get_by_role("heading", name="applications to Long-term mentoring")
    cell.apply(program, cell.add_person("Tom Baker"), "mentee")
    expect(second.get_by_role("heading", name="2 applications")).to_be_visible(timeout=SOON)
    assert asked == [], "one stream a browser"
    with second.expect_request(lambda request: "/live?" in request.url):
        rosa.goto("/sign-in")
    cell.apply(program, cell.add_person("Una Quinn"), "mentee")
    expect(second.get_by_role("heading", name="3 applications")).to_be_visible(timeout=SOON)
    expect(heading).to_have_count(1)
    rosa.evaluate("window.isTheSame = true")
