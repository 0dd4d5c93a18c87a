"""Figures: each with its formula and where the true value lies, and the events behind it where these are many."""

import httpx
import pytest

from tests.services.console.browsing import headline
from tests.services.console.world import World

FORMULA = "mentees in a live match / mentees approved who have not withdrawn or left"


@pytest.fixture(scope="module")
def six(cell: World, program: str) -> None:
    """Six mentees are approved, of whom nobody is matched."""
    for number in range(6):
        cell.apply_and_approve(program, f"Mentee{number} Meier", "mentee")
    cell.counted(program, "match_rate", 6)


def test_a_share_is_shown_with_its_base_and_its_interval(admin: httpx.Client, program: str, six: None) -> None:
    page = admin.get(f"/programs/{program}/figures")
    assert "0 of 6, between 0% and 39%" in page.text
    assert FORMULA in page.text


def test_a_figure_leads_to_the_events_behind_it(admin: httpx.Client, program: str, six: None) -> None:
    page = admin.get(f"/programs/{program}/figures/match_rate")
    assert headline(page) == "Match rate: 0%."
    assert page.text.count("A mentee was approved") == 6
    assert FORMULA in page.text


@pytest.mark.parametrize(("kpi", "code"), [("satisfaction", 200), ("luck", 422)])
def test_what_single_people_did_is_not_shown_and_what_is_no_figure_is_said(
    admin: httpx.Client, program: str, kpi: str, code: int
) -> None:
    page = admin.get(f"/programs/{program}/figures/{kpi}")
    assert page.status_code == code
    if code == 200:
        assert "They are not shown" in page.text


def test_events_of_fewer_than_five_are_not_shown(cell: World, admin: httpx.Client) -> None:
    small = str(cell.ask("intake", "CreateProgram", title="A small one")["id"])
    cell.ask("intake", "PublishProgram", program_id=small)
    cell.apply_and_approve(small, "Solo Meier", "mentee")
    cell.counted(small, "match_rate", 1)
    page = admin.get(f"/programs/{small}/figures/match_rate")
    assert "They are not shown" in page.text
    assert "A mentee was approved" not in page.text


def test_formulas_are_told_in_the_language_of_whoever_looks(cell: World, program: str, six: None) -> None:
    cell.give_role(cell.add_person("Luca Neri", locale="it"), "manager", program)
    with cell.browser() as browser:
        cell.sign_in(browser, "luca@example.org")
        page = browser.get(f"/programs/{program}/figures")
        assert "mentee in un abbinamento in corso" in page.text
        assert FORMULA not in page.text
