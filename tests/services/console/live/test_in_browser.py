"""Pages that are open in a real browser while others are at work."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.services.console.conftest import Pair
from tests.services.console.test_in_browser import sign_in
from tests.services.console.world import World

pytestmark = pytest.mark.real

SOON = 30_000
"""Milliseconds: what takes a second here may take long on a busy machine."""


@pytest.fixture
def rosa(cell: World, page: Page, admin: httpx.Client) -> Iterator[Page]:
    """A window in which an admin is signed in, who also looks from elsewhere."""
    page.context.add_cookies([{"name": "session", "value": admin.cookies["session"], "url": cell.address}])
    page.goto("/today")
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


def test_what_another_decides_leaves_the_list_and_what_is_new_is_announced_while_one_types(
    cell: World, program: str, rosa: Page, admin: httpx.Client
) -> None:
    path = f"/programs/{program}/applications"
    ids = [cell.apply(program, cell.add_person(f"{name} Vogt"), "mentee") for name in ("Wim", "Xenia", "Yann")]
    rosa.goto(path)
    rosa.evaluate("window.isTheSame = true")
    names = rosa.locator("#waiting-list b > span")
    expect(names.filter(has_text="Vogt")).to_have_text(["Wim Vogt", "Xenia Vogt", "Yann Vogt"])
    rosa.keyboard.press("/")
    rosa.keyboard.type("half ty")
    rosa.evaluate("scrollTo(0, 40)")
    scrolled = rosa.evaluate("scrollY")
    cell.ask("intake", "ApproveApplication", application_id=ids[1])
    expect(names.filter(has_text="Vogt")).to_have_text(["Wim Vogt", "Yann Vogt"], timeout=SOON)
    cell.apply(program, cell.add_person("Zoe Vogt"), "mentee")
    announced = rosa.get_by_role("button", name="1 new")
    expect(announced).to_be_visible(timeout=SOON)
    expect(names.filter(has_text="Vogt")).to_have_text(["Wim Vogt", "Yann Vogt"])
    expect(rosa.locator("#search")).to_be_focused()
    expect(rosa.locator("#search")).to_have_value("half ty")
    assert rosa.evaluate("scrollY") == scrolled
    announced.click()
    expect(names.filter(has_text="Zoe")).to_be_visible(timeout=SOON)
    expect(announced).to_be_hidden()


def test_pages_stand_while_a_service_is_away_and_go_on_by_themselves(
    cell: World, rosa: Page, program: str, pair: Pair
) -> None:
    path = f"/programs/{program}"
    rosa.goto(path)
    with cell.without("matching"):
        rosa.goto(path)
        rosa.evaluate("window.isTheSame = true")
        expect(rosa.get_by_text("Matching does not answer.")).to_be_visible()
    expect(rosa.get_by_text("Matching does not answer.")).to_be_hidden(timeout=SOON)


def test_a_double_click_approves_once_and_the_page_says_saving_until_it_is_told(
    cell: World, program: str, rosa: Page
) -> None:
    application = cell.apply(program, cell.add_person("Anna Double"), "mentee")
    rosa.goto(f"/programs/{program}/applications?application_id={application}")
    with cell.behind():
        rosa.get_by_role("button", name="Approve", exact=True).dblclick()
        expect(rosa.get_by_text("Saving.")).to_be_visible(timeout=SOON)
        rosa.evaluate("window.isTheSame = true")
        rosa.wait_for_timeout(3_000)
        expect(rosa.get_by_text("Saving.")).to_be_visible()
    expect(rosa.get_by_text("Saving.")).to_be_hidden(timeout=SOON)
    told = cell.run(cell.cell.told("ApplicationApproved"))
    assert sum(application in event["subject"] for event in told) == 1


def test_what_can_be_taken_back_counts_down_and_goes_without_a_reload(cell: World, program: str, page: Page) -> None:
    cell.apply(program, cell.add_person("Carl Dorn"), "mentee")
    sign_in(page, cell, "carl@example.org")
    page.goto("/applications")
    page.get_by_role("button", name="Withdraw").click()
    held = page.locator("#held")
    expect(held).to_contain_text("You can take it back for")
    page.set_viewport_size({"width": 360, "height": 740})
    box = held.get_by_role("button", name="Undo").bounding_box()
    assert box
    assert box["width"] > box["height"], "it is one word"
    page.evaluate("window.isTheSame = true")
    first = held.inner_text()
    expect(held).not_to_have_text(first, timeout=SOON)
    expect(held).to_have_text("", timeout=SOON)
    page.reload()
    expect(page.get_by_text("Withdrawn")).to_be_visible()


def test_a_page_of_before_a_deployment_stands_and_says_so(cell: World, program: str, rosa: Page) -> None:
    rosa.evaluate("document.body.dataset.version = 'older'")
    before = rosa.locator("h1").inner_text()
    cell.apply(program, cell.add_person("Eva Fink"), "mentee")
    expect(rosa.get_by_text("These pages were renewed.")).to_be_visible(timeout=SOON)
    assert rosa.locator("h1").inner_text() == before


def test_whoever_signs_out_elsewhere_is_told_in_every_window(cell: World, page: Page) -> None:
    cell.add_person("Gerd Hahn")
    sign_in(page, cell, "gerd@example.org")
    second = page.context.new_page()
    second.goto("/me")
    page.context.request.post("/sign-out", headers={"Sec-Fetch-Site": "same-origin"})
    for window in (page, second):
        expect(window.get_by_text("You are signed out.")).to_be_visible(timeout=SOON)
