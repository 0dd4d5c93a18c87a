"""Pages in a real browser, as they are served: signing in by keyboard, nobody kept out, nothing from elsewhere."""

from itertools import product
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from shared.sign_in_secrets import Requested
from tests.services.console.conftest import Pair
from tests.services.console.frame.test_looks import OUT_OF_SIGHT
from tests.services.console.judges import axe
from tests.services.console.world import TENANT, World, mailbox

pytestmark = pytest.mark.real

WIDTHS = (360, 1280)
SCHEMES = ("light", "dark")
SETTLED = """Promise.all(document.getAnimations()
    .filter((one) => one instanceof CSSTransition).map((one) => one.finished.catch(() => null)))"""
"""Comes true when nothing changes its color any more, as after the change of the scheme."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def sign_in(page: Page, cell: World, email: str) -> None:
    """Sign in by keyboard alone."""
    page.goto("/")
    page.get_by_label("Your organization").focus()
    page.keyboard.type(TENANT)
    page.keyboard.press("Tab")
    page.keyboard.type(email)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code?**")
    asked = Requested(*page.locator("input[name=asked]").input_value().split("."))
    cell.run(cell.until_answered(asked.id))
    page.get_by_label("The six digits in the mail").focus()
    page.keyboard.type(mailbox.code(asked))
    page.keyboard.press("Enter")
    page.wait_for_url("**/today")


def findings(page: Page) -> list[str]:
    """What axe finds, and what cannot be seen without scrolling sideways."""
    page.evaluate(SETTLED)
    page.evaluate(axe())
    found = page.evaluate("async (tags) => (await axe.run(document, {runOnly: tags})).violations", RULES)
    hidden: list[str] = page.evaluate(OUT_OF_SIGHT)
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found] + hidden


def look_at_all(page: Page, paths: list[str]) -> dict[str, list[str]]:
    """What is found on any of these pages, on phones and screens, by day and by night."""
    found = dict[str, list[str]]()
    for path, width, scheme in product(paths, WIDTHS, SCHEMES):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
        page.goto(path)
        if here := findings(page):
            found[f"{path} {width} {scheme}"] = here
    return found


def test_nobody_is_kept_out_of_the_pages_of_an_admin(page: Page, cell: World, program: str, pair: Pair) -> None:
    cell.give_role(cell.add_person("Olga Ivanova"), "admin")
    cell.apply(program, cell.add_person("Tom Baker"), "mentee")
    sign_in(page, cell, "olga@example.org")
    inside = [
        f"/programs/{program}{rest}"
        for rest in (
            "",
            "/applications",
            "/pool",
            "/waiting",
            "/runs",
            "/runs/new",
            "/at-risk",
            "/figures",
            "/relationships",
            "/sessions",
            "/import",
            "/design",
            "/preview",
            "/apply",
        )
    ]
    assert (
        look_at_all(
            page,
            [
                "/today",
                "/organization",
                "/programs",
                "/people",
                "/search?q=t",
                "/me",
                *inside,
                f"/people/{pair.mentee}/erase",
            ],
        )
        == {}
    )


def test_nobody_is_kept_out_of_the_pages_of_a_mentor(page: Page, cell: World, pair: Pair) -> None:
    sign_in(page, cell, "grace@example.org")
    assert (
        look_at_all(
            page, ["/today", "/proposals", f"/matches/{pair.match}", "/relationships", "/applications", "/me/leave"]
        )
        == {}
    )


def test_nobody_is_kept_out_of_the_door(page: Page) -> None:
    assert (
        look_at_all(page, ["/start", "/sign-in", "/sign-in/code", "/goodbye", "/sign-in?link=none", "/nothing-here"])
        == {}
    )


@pytest.mark.parametrize("is_scripted", [True, False], ids=["with scripts", "without"])
def test_a_mail_is_answered_by_two_taps_on_a_phone(
    chromium: Browser, cell: World, program: str, is_scripted: bool
) -> None:
    names = ("Oskar Brandt", "Piet Vos") if is_scripted else ("Quirin Haas", "Runa Dahl")
    mentor, mentee = (cell.add_person(name) for name in names)
    applied = cell.apply(program, mentor, "mentor", seats=1), cell.apply(program, mentee, "mentee")
    for application in applied:
        cell.ask("intake", "ApproveApplication", application_id=application)
    link = cell.link("proposal", mentor, cell.propose(program, *applied))
    viewport: ViewportSize = {"width": 360, "height": 740}
    context = chromium.new_context(
        base_url=cell.address, viewport=viewport, java_script_enabled=is_scripted, locale="en-US", has_touch=True
    )
    try:
        page = context.new_page()
        page.goto(link)
        accept = page.get_by_role("button", name=f"Accept {names[1]}")
        box = accept.bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= 740, "the answer is in sight at once"
        accept.tap()
        page.get_by_role("heading", name=f"You have said yes to {names[1]}").wait_for()
        assert page.locator("form").count() == 0
    finally:
        context.close()


def test_nobody_is_kept_out_of_the_pages_of_a_link(page: Page, cell: World, pair: Pair) -> None:
    link = cell.link("proposal", pair.mentor, pair.match)
    assert look_at_all(page, [link, f"{link}?do=decline", f"{link}?do=ask", f"{link}x"]) == {}


def test_from_nothing_to_a_published_program_by_keyboard(page: Page, cell: World) -> None:
    began = monotonic()
    page.goto("/start")
    assert findings(page) == []
    page.keyboard.press("Tab")  # past the way to the page
    for answer in ("Quay", "Nia Okoro", "nia.okoro@example.com"):
        page.keyboard.press("Tab")
        page.keyboard.type(answer)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code?**")
    asked = Requested(*page.locator("input[name=asked]").input_value().split("."))
    page.get_by_label("The six digits in the mail").focus()
    page.keyboard.type(mailbox.code(asked))
    page.keyboard.press("Enter")
    page.wait_for_url("**/programs")
    assert findings(page) == []
    page.get_by_role("radio", name="Pairs, six months").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/programs/*-*")
    assert page.locator("h1").inner_text().startswith("Onboarding buddies is open")
    print(f"from nothing to a published program by keyboard: {monotonic() - began:.1f} s")  # noqa: T201


def test_a_table_is_corrected_by_keyboard_and_its_import_is_seen_to_move(page: Page, cell: World, program: str) -> None:
    cell.give_role(cell.add_person("Ingrid Falk"), "admin")
    sign_in(page, cell, "ingrid@example.org")
    page.goto(f"/programs/{program}/import")
    table = b"Name,E-mail,Place\nZoe Wong,zoe(at)example.org,London\nYan Li,yan@example.org,Rome\n"
    page.get_by_label("A file").set_input_files({"name": "people.csv", "mimeType": "text/csv", "buffer": table})
    page.get_by_role("button", name="Look at the rows").press("Enter")
    page.get_by_role("heading", name="1 of 2 rows can be taken").wait_for()
    for width, scheme in product(WIDTHS, SCHEMES):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
        assert findings(page) == []
    page.get_by_label("E-mail, line 2").fill("zoe@example.org")
    page.get_by_label("E-mail, line 2").press("Enter")
    page.get_by_role("heading", name="2 of 2 rows can be taken").wait_for()
    page.get_by_role("button", name="Take 2 now").press("Enter")
    page.wait_for_url("**/imports/**")
    page.get_by_role("heading", name="All 2 rows are read").wait_for()
