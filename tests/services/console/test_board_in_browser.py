"""The board in a real browser: dragged, or by keyboard alone, and nobody kept out of it or of what stands around it."""

import re
from typing import NamedTuple

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.services.console.test_in_browser import look_at_all, sign_in
from tests.services.console.world import World

pytestmark = pytest.mark.real


class Pool(NamedTuple):
    """A program with two mentors, three mentees who wait, of whom two are named, and one who may choose."""

    program: str
    uma: str
    ines: str
    ben: str
    dan: str
    zoe: str

    @property
    def board(self) -> str:
        """Where the board is."""
        return f"/programs/{self.program}/board"


@pytest.fixture(scope="module")
def pool(cell: World, program: str) -> Pool:
    """Three wait, since everybody was asked."""
    uma, ines = (cell.apply_and_approve(program, name, "mentor") for name in ("Uma Sen", "Ines Vidal"))
    names = ("Ben Okafor", "Cleo Adler", "Dan Nguyen", "Zoe Wild")
    ben, cleo, dan, zoe = (cell.apply_and_approve(program, name, "mentee") for name in names)
    for mentee in (ben, cleo, dan):
        cell.left_over(program, mentee, uma)
    cell.give_role(cell.add_person("Rosa Keller"), "admin")
    return Pool(program, uma, ines, ben, dan, zoe)


def test_nobody_is_kept_out_of_the_board_and_the_pages_around_it(page: Page, cell: World, pool: Pool) -> None:
    sign_in(page, cell, "rosa@example.org")
    drafted, moved = f"{pool.board}?to={pool.ben}/{pool.uma}", f"{pool.board}?mentee={pool.ben}"
    inside = [f"/programs/{pool.program}{rest}" for rest in ("/matches", "/figures", "/figures/match_rate")]
    assert look_at_all(page, [pool.board, drafted, moved, *inside]) == {}


def seat(page: Page, mentee: str) -> Locator:
    """Where a mentee sits who is asked about a mentor."""
    return page.locator(".seats li", has_text=re.compile(f"{mentee}.*asked until"))


def test_whoever_is_moved_by_somebody_else_leaves_an_open_board_by_themself(
    page: Page, cell: World, pool: Pool
) -> None:
    sign_in(page, cell, "rosa@example.org")
    page.goto(pool.board)
    expect(page.get_by_role("heading", name="3 mentees wait.")).to_be_visible()
    cell.propose(pool.program, pool.uma, pool.dan)
    expect(page.get_by_role("heading", name="2 mentees wait.")).to_be_visible(timeout=30_000)
    expect(seat(page, "Dan Nguyen")).to_be_visible()


def test_a_mentee_is_dragged_to_a_mentor_and_sent(page: Page, cell: World, pool: Pool) -> None:
    sign_in(page, cell, "rosa@example.org")
    page.goto(pool.board)
    page.locator(f"[data-mentee='{pool.ben}']").drag_to(page.locator(f"[data-mentor='{pool.ines}'] .seats"))
    page.wait_for_url("**to=**")
    expect(page.get_by_text("One proposal is not sent yet.")).to_be_visible()
    expect(page.get_by_role("heading", name="Ben Okafor to Ines Vidal")).to_be_visible()
    page.get_by_role("button", name="Send one proposal").click()
    expect(seat(page, "Ben Okafor")).to_be_visible()


def test_a_mentee_is_moved_and_sent_by_keyboard_alone(page: Page, cell: World, pool: Pool) -> None:
    sign_in(page, cell, "rosa@example.org")
    page.goto(pool.board)
    page.get_by_role("link", name="Move to… Cleo Adler").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**mentee=**")
    first = page.locator("details.menu[open] a").first
    first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**to=**")
    page.get_by_role("button", name="Send one proposal").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="No mentee waits.")).to_be_visible()


def test_nobody_is_kept_out_of_choosing_and_taking_part(page: Page, cell: World, pool: Pool) -> None:
    sign_in(page, cell, "zoe@example.org")
    path = f"/applications/{pool.zoe}"
    assert look_at_all(page, [path, f"{path}/mentors", f"{path}/mentors?order={pool.uma}", "/applications"]) == {}
