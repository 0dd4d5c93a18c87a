"""Every page is found by links, leads nowhere that is not there, is valid, and keeps nobody out."""

from collections.abc import Iterator, Mapping
from itertools import cycle
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.services.console.conftest import connected
from tests.services.console.every_page.crawl import Seen, crawl, kinds
from tests.services.console.every_page.story import PEOPLE, Story, mailed, tell
from tests.services.console.judges import invalid
from tests.services.console.test_clients import made
from tests.services.console.test_importing import TABLE, look, take
from tests.services.console.test_in_browser import findings
from tests.services.console.world import World

LOOKS = ((360, "light"), (1280, "dark"), (360, "dark"), (1280, "light"))
"""How each kind of page is looked at, by those in turn who see it; together they read three languages."""

ENTRANCES = ("/today", "/sign-in", "/sign-in/code", "/goodbye", "/passkeys/offer", "/sign-in/again", "/sign-in/go-on")
"""Where people get in otherwise than by a link of a page, a mail or their calendar: they are led there."""

OPERATOR = "operator"

ELSEWHERE = {
    "/sign-in/provider": "test_by_provider",
    "/address-change": "test_me",
    "/operator/dead-letters/{service}/{cause_id}": "test_operators_in_browser",
}
"""Pages that no organization at rest leads to, and the tests that open them."""


@pytest.fixture(scope="module")
def cell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A running cell, for which browsers make passkeys."""
    with connected(tmp_path_factory.mktemp("cell"), has_passkeys=True) as found:
        yield found


@pytest.fixture(scope="module")
def story(cell: World) -> Story:
    """An organization at work."""
    return tell(cell)


@pytest.fixture(scope="module")
def browsers(cell: World, story: Story) -> Iterator[Mapping[str, httpx.Client]]:
    """A browser for each of them, in which they are signed in."""
    opened = {name: cell.browser() for name in PEOPLE}
    for name, browser in opened.items():
        cell.sign_in(browser, f"{name.lower()}@example.org")
    opened[OPERATOR] = cell.browser()
    cell.sign_in_operator(opened[OPERATOR])
    made(opened["Rosa"], "HR system")
    take(cell, opened["Rosa"], look(opened["Rosa"], story.program, TABLE.encode()))
    yield opened
    for browser in opened.values():
        browser.close()


@pytest.fixture(scope="module")
def seen(cell: World, story: Story, browsers: Mapping[str, httpx.Client]) -> Mapping[str, list[Seen]]:
    """What each of them sees."""
    return {
        name: crawl(browser, *ENTRANCES, *mailed(cell, name), *story.calendar.get(name, ()))
        if name != OPERATOR
        else crawl(browser, "/operator", "/operator/sign-in")
        for name, browser in browsers.items()
    }


def test_every_page_is_reached_by_links(seen: Mapping[str, list[Seen]]) -> None:
    reached = {one.kind for pages in seen.values() for one in pages}
    assert "\n".join(sorted({*kinds()} - reached - {*ELSEWHERE})) == ""


def test_no_link_leads_to_what_is_not_there(seen: Mapping[str, list[Seen]]) -> None:
    dead = [f"{name}: {one.status} {one.path}" for name, pages in seen.items() for one in pages if one.status >= 400]
    assert "\n".join(dead) == ""


@pytest.mark.real
def test_every_page_is_valid(seen: Mapping[str, list[Seen]], tmp_path: Path) -> None:
    pages = {f"{name} {one.kind.replace('/', '.')}": one for name, seen_by in seen.items() for one in seen_by}
    for title, one in pages.items():
        (tmp_path / f"{title}.html").write_text(one.text)
    assert "\n".join(invalid(tmp_path)) == ""


@pytest.mark.real
def test_no_page_keeps_anybody_out(
    chromium: Browser, cell: World, browsers: Mapping[str, httpx.Client], seen: Mapping[str, list[Seen]]
) -> None:
    viewers = dict[str, dict[str, str]]()
    for name, pages in seen.items():
        for one in pages:
            if one.is_page:
                viewers.setdefault(one.kind, {}).setdefault(name, one.path)
    windows = {name: _window(chromium, cell, browser) for name, browser in browsers.items()}
    found = dict[str, list[str]]()
    for paths in viewers.values():
        for (width, scheme), (name, path) in zip(LOOKS, cycle(paths.items()), strict=False):
            page = windows[name]
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
            page.goto(path)
            if here := findings(page):
                found[f"{name} {path} {width} {scheme}"] = here
    for page in windows.values():
        page.context.close()
    assert found == {}


def _window(chromium: Browser, cell: World, browser: httpx.Client) -> Page:
    """A window in which whoever is signed in by a browser without a script is signed in, too."""
    context = chromium.new_context(base_url=cell.address)
    context.add_cookies(
        [{"name": one.name, "value": one.value or "", "url": cell.address} for one in browser.cookies.jar]
    )
    return context.new_page()
