"""A cell for each file of tests of pages: a program, a pair that was proposed, and browsers of each role."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import OPTIONS
from tests.browser import chromium as chromium_here
from tests.services.console.running_world import world
from tests.services.console.world import KEY, World
from tests.services.notify.mail_servers import Postmaster, running


class Pair(NamedTuple):
    """A mentor and a mentee, and the match that is proposed to them."""

    mentor: str
    mentee: str
    match: str


@contextmanager
def connected(folder: Path, *, has_passkeys: bool = False) -> Iterator[World]:
    """A running cell that sends mails."""
    postmaster = Postmaster()
    with running(postmaster) as server, pytest.MonkeyPatch.context() as environment:
        environment.setenv("ITHACA_SMTP_HOST", server.host)
        environment.setenv("ITHACA_SMTP_PORT", str(server.port))
        environment.setenv("ITHACA_SMTP_SECURITY", server.security)
        environment.setenv("ITHACA_MAIL_FROM", "ithaca@harbor.example")
        environment.setenv("ITHACA_LINKS", "https://console.example")
        environment.setenv("ITHACA_SIGN_IN_KEY", b64encode(KEY).decode())
        environment.setenv("ITHACA_HELD_KEY", b64encode(KEY).decode())
        environment.setenv("ITHACA_SERVICES_AT", "http://{service}.invalid")
        with world(folder, postmaster.taken, has_passkeys=has_passkeys) as found:
            yield found


@pytest.fixture(scope="module")
def cell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A running cell."""
    with connected(tmp_path_factory.mktemp("cell")) as found:
        yield found


@pytest.fixture(scope="module")
def program(cell: World) -> str:
    """An open program."""
    made = cell.ask("intake", "CreateProgram", title="Long-term mentoring")
    cell.ask("intake", "PublishProgram", program_id=made["id"])
    return str(made["id"])


@pytest.fixture(scope="module")
def pair(cell: World, program: str) -> Pair:
    """Two who were proposed to each other."""
    mentor, mentee = cell.add_person("Grace Hopper"), cell.add_person("Mia Conti", locale="it")
    applied = cell.apply(program, mentor, "mentor", seats=2), cell.apply(program, mentee, "mentee")
    for application in applied:
        cell.ask("intake", "ApproveApplication", application_id=application)
    return Pair(mentor, mentee, cell.propose(program, *applied))


@pytest.fixture(scope="module")
def admin(cell: World) -> Iterator[httpx.Client]:
    """A browser in which an admin is signed in."""
    cell.give_role(cell.add_person("Rosa Keller"), "admin")
    yield from cell.signed_in("rosa@example.org")


@pytest.fixture(scope="module")
def mentor(cell: World, pair: Pair) -> Iterator[httpx.Client]:
    """A browser in which the mentor is signed in."""
    yield from cell.signed_in("grace@example.org")


@pytest.fixture(scope="module")
def mentee(cell: World, pair: Pair) -> Iterator[httpx.Client]:
    """A browser in which the mentee is signed in, who reads Italian."""
    yield from cell.signed_in("mia@example.org")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_here(), args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, cell: World) -> Iterator[Page]:
    """A window of its own, in which nothing may be refused by the policy of the pages."""
    context = chromium.new_context(base_url=cell.address, locale="en-US")
    found, refused = context.new_page(), list[str]()
    found.on("console", lambda message: refused.append(message.text) if "Policy" in message.text else None)
    yield found
    context.close()
    assert refused == []
