"""Pages of those who take part: a mentee chooses mentors, and everybody sees first what a change will do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import httpx
import pytest

from tests.services.console.browsing import headline, send
from tests.services.console.world import World


class Applied(NamedTuple):
    """The applications of a mentee and of two mentors."""

    zoe: str
    ines: str
    uma: str


@pytest.fixture(scope="module")
def applied(cell: World, program: str) -> Applied:
    """A mentee who may choose between two mentors with a seat or two."""
    roles = {"Zoe Wild": "mentee", "Ines Vidal": "mentor", "Uma Sen": "mentor"}
    found = [
        cell.apply(program, cell.add_person(name), role, **({"seats": 2} if role == "mentor" else {}))
        for name, role in roles.items()
    ]
    for application in found:
        cell.ask("intake", "ApproveApplication", application_id=application)
    cell.left_over(program, cell.apply_and_approve(program, "Ben Okafor", "mentee"), found[1])
    return Applied(*found)


@contextmanager
def of(cell: World, name: str) -> Iterator[httpx.Client]:
    with cell.browser() as browser:
        cell.sign_in(browser, f"{name}@example.org")
        yield browser


def chosen(page: httpx.Response) -> list[str]:
    return re.findall(r'<input type="hidden" name="order" value="([^"]+)"', page.text)


def test_a_mentee_chooses_mentors_and_says_in_which_order_they_are_asked(cell: World, applied: Applied) -> None:
    with of(cell, "zoe") as browser:
        assert f"/applications/{applied.zoe}/mentors" in browser.get("/applications").text
        path = f"/applications/{applied.zoe}/mentors"
        page = browser.get(path)
        assert headline(page) == "2 mentors have room for you."
        assert "In common: software development" in page.text
        page = browser.get(path, params={"order": [applied.uma, applied.ines]})
        assert chosen(page) == [applied.uma, applied.ines]
        assert "At once this asks: Uma Sen, Ines Vidal." in page.text
        (up,) = re.findall(r'href="([^"]+)" aria-label="Up: Ines Vidal"', page.text)
        page = browser.get(path + up.replace("&amp;", "&"))
        assert chosen(page) == [applied.ines, applied.uma]
        sent = browser.post(path, data={"key": "one", "order": chosen(page)})
        assert sent.status_code == 200, sent.text
        assert "Not sent yet" not in sent.text
        cell.told("MatchProposed", 3)
        assert headline(browser.get("/proposals")) == "2 proposals wait for your answer."


def test_an_order_that_cannot_be_says_why_and_stays(cell: World, applied: Applied) -> None:
    with of(cell, "zoe") as browser:
        refused = browser.post(f"/applications/{applied.zoe}/mentors", data={"key": "two", "order": [applied.ines]})
        assert refused.status_code == 409
        assert "These two are being asked about each other" in refused.text


def test_only_the_mentee_chooses_for_themself(cell: World, mentor: httpx.Client, applied: Applied) -> None:
    assert mentor.get(f"/applications/{applied.zoe}/mentors").status_code == 404
    assert mentor.get(f"/applications/{applied.zoe}").status_code == 404
    assert mentor.post(f"/applications/{applied.zoe}/leave", data={"key": "x"}).status_code == 404


def test_a_mentor_sees_what_each_change_does_before_it_is_done(cell: World, applied: Applied) -> None:
    path = f"/applications/{applied.uma}"
    with of(cell, "uma") as browser:
        page = browser.get(path)
        assert headline(page) == "You have room for one mentee more."
        assert page.text.count("One proposal that is open is withdrawn, and the other side is told.") == 3
        page = send(browser, page, "/capacity", capacity="3")
        assert headline(page) == "You have room for 2 mentees more."
        page = send(browser, page, "/pause")
        assert headline(page) == "You have paused."
        cell.told("MatchWithdrawn", 1)
        page = send(browser, browser.get(path), "/resume")
        assert "No proposal is open, so nobody has to be told." in page.text
        nobody_new = browser.post(f"{path}/capacity", data={"key": "none", "capacity": "0"})
        assert headline(nobody_new) == "You take nobody new."
        assert browser.post(f"{path}/capacity", data={"key": "many", "capacity": "500"}).status_code == 422
        left = send(browser, browser.get(path), "/leave")
        assert left.url.path == "/applications"
        assert "You have left" in left.text
        assert headline(browser.get(path)) == "You do not take part here."


def test_a_mentee_without_anybody_to_choose_is_told_what_happens_next(cell: World, program: str) -> None:
    applied = cell.apply(program, cell.add_person("Paul Adler"), "mentee")
    with of(cell, "paul") as browser:
        page = browser.get(f"/applications/{applied}/mentors")
        assert headline(page) == "You have no mentor to choose now."
        assert headline(browser.get(f"/applications/{applied}")) == "You do not take part here."
