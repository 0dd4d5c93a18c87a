"""Who takes part in a program and who waits for somebody, page by page."""

import re

import httpx
import pytest

from services.console.pool import routes
from tests.services.console.browsing import headline
from tests.services.console.world import World

NEXT = re.compile(r'<a href="([^"]+)" rel="next">')


@pytest.fixture(scope="module")
def lonely(cell: World, program: str) -> list[str]:
    """The names of three mentees for whom there is no mentor."""
    names = ["Ada Braun", "Bea Costa", "Cora Dale"]
    for name in names:
        applied = cell.apply(program, cell.add_person(name), "mentee", languages=["tr"])
        cell.ask("intake", "ApproveApplication", application_id=applied)
    cell.told("ApplicationApproved", len(names))
    return names


def all_pages(browser: httpx.Client, path: str) -> list[httpx.Response]:
    """A list from its first page to its last."""
    pages = [browser.get(path)]
    while found := NEXT.search(pages[-1].text):
        pages.append(browser.get(found[1].replace("&amp;", "&")))
    return pages


def test_everybody_who_takes_part_is_on_one_page_of_the_pool(
    admin: httpx.Client, program: str, lonely: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "ROWS", 2)
    pages = all_pages(admin, f"/programs/{program}/pool")
    assert headline(pages[0]) == "2+ mentees take part."
    assert headline(pages[-1]) == "More mentees who take part."
    for name in lonely:
        assert sum(name in page.text for page in pages) == 1
    assert "0 of 1" in pages[0].text
    assert "Back to the first" in pages[-1].text


def test_a_pool_without_mentors_says_so(admin: httpx.Client, program: str) -> None:
    assert headline(admin.get(f"/programs/{program}/pool?role=mentor")) == "Nobody takes part yet."
    assert headline(admin.get(f"/programs/{program}/waiting?role=mentor")) == "No mentor waits for a mentee."


@pytest.mark.parametrize("path", ["pool", "waiting"])
def test_a_role_that_there_is_not_is_refused(admin: httpx.Client, program: str, path: str) -> None:
    assert admin.get(f"/programs/{program}/{path}?role=guest").status_code == 422
