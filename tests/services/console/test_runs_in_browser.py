"""A manager's way through a run in a real browser: what would be, the run, why a pair, and everybody is asked."""

import pytest
from playwright.sync_api import Page, expect

from tests.services.console.test_in_browser import look_at_all, sign_in
from tests.services.console.test_runs import pooled, program, proposed, wait_for
from tests.services.console.world import World

__all__ = ["pooled", "program"]

pytestmark = pytest.mark.real


def test_a_manager_sees_what_would_be_and_why_and_asks_everybody(page: Page, cell: World, pooled: str) -> None:
    cell.give_role(cell.add_person("Mara Lenz"), "manager", pooled)
    sign_in(page, cell, "mara@example.org")
    page.goto(f"/programs/{pooled}/runs")
    page.get_by_role("link", name="New run").click()
    page.get_by_role("button", name="See what would be").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("6 of 7 mentees get a mentor.")
    page.get_by_role("link", name="Ask for this run").click()
    page.get_by_role("button", name="Run it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("6 of 7 mentees get a mentor.")
    run = page.url
    page.get_by_role("link", name="Ada Braun").click()
    expect(page.get_by_role("complementary")).to_contain_text("The same time of day")
    page.mouse.move(0, 0)
    assert look_at_all(page, [page.url, f"/programs/{pooled}/runs", f"/programs/{pooled}/runs/new"]) == {}
    page.goto(run)
    page.get_by_role("button", name="Publish: ask 6 pairs").click()
    expect(page.get_by_role("dialog")).to_contain_text("This is final")
    page.get_by_role("button", name="Ask these 6 pairs").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("could still be asked were.")
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    wait_for(lambda: len(proposed(cell, run.rpartition("/")[2])) == 6)
