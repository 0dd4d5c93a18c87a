"""What is asked for on a page and can be taken back: held, shown, sent once, or never sent."""

import re
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.services.console.browsing import headline, send
from tests.services.console.world import World
from tests.waiting import PATIENCE

UNDO = re.compile(r'action="/held/(\w+)/undo"')


@pytest.fixture
def applicant(cell: World, program: str, request: pytest.FixtureRequest) -> Iterator[tuple[httpx.Client, str]]:
    """A browser of somebody who has applied, and their application."""
    name = re.sub(r"\W|_", "", request.node.name)[-30:].capitalize()
    person = cell.add_person(f"{name} Applicant")
    application = cell.apply(program, person, "mentee")
    with cell.browser() as browser:
        cell.sign_in(browser, f"{name.lower()}@example.org")
        yield browser, application


def until_gone(browser: httpx.Client) -> httpx.Response:
    """The page when nothing of the person is held any more."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        page = browser.get("/applications")
        if not UNDO.search(page.text):
            return page
        time.sleep(0.2)
    raise AssertionError("it is still held")


def withdrawn(cell: World, application: str) -> int:
    """How often an application was withdrawn, by what the services have told."""
    told = cell.run(cell.cell.told("ApplicationWithdrawn"))
    return sum(application in event["subject"] for event in told)


def test_what_is_taken_back_was_never_sent(cell: World, applicant: tuple[httpx.Client, str]) -> None:
    browser, application = applicant
    page = send(browser, browser.get("/applications"), "/withdraw")
    assert "You have withdrawn your application." in page.text
    assert f"/applications/{application}/withdraw" not in page.text, "it is shown as decided"
    assert "You have withdrawn your application." in browser.get("/me").text, "it can be taken back on every page"
    send(browser, page, "/undo")
    assert f"/applications/{application}/withdraw" in browser.get("/applications").text
    time.sleep(11)
    assert withdrawn(cell, application) == 0
    assert headline(browser.get("/applications")) == "You take part in one program."


def test_what_is_not_taken_back_is_done_once_however_often_its_form_is_sent(
    cell: World, applicant: tuple[httpx.Client, str]
) -> None:
    browser, application = applicant
    form = browser.get("/applications")
    pages = [send(browser, form, "/withdraw") for _ in range(3)]
    assert [len(UNDO.findall(page.text)) for page in pages] == [1, 1, 1]
    assert withdrawn(cell, application) == 0, "it is not done yet"
    assert "Withdrawn" in until_gone(browser).text
    assert withdrawn(cell, application) == 1
    late = send(browser, pages[0], "/undo")
    assert late.status_code == 409, late.text
    assert "It was sent already" in late.text


def test_nobody_takes_back_what_somebody_else_has_asked_for(
    cell: World, applicant: tuple[httpx.Client, str], admin: httpx.Client
) -> None:
    browser, _ = applicant
    page = send(browser, browser.get("/applications"), "/withdraw")
    found = UNDO.search(page.text)
    assert found
    assert admin.post(f"/held/{found[1]}/undo").status_code == 404
    assert "Withdrawn" in until_gone(browser).text


def test_what_the_person_may_no_longer_do_when_its_time_is_up_is_not_done_and_said(
    cell: World, applicant: tuple[httpx.Client, str]
) -> None:
    browser, application = applicant
    page = send(browser, browser.get("/applications"), "/withdraw")
    cell.ask("intake", "ApproveApplication", application_id=application)
    cell.ask("intake", "WithdrawApplication", application_id=application)
    page = until_gone(browser)
    assert "This was not done" in page.text
    assert "This was not done" not in send(browser, page, "/dismiss").text


def test_a_mentee_can_take_back_that_they_decline(cell: World, program: str, admin: httpx.Client) -> None:
    mentor, mentee = cell.add_person("Dora Ernst"), cell.add_person("Emil Frank")
    applied = cell.apply(program, mentor, "mentor", seats=2), cell.apply(program, mentee, "mentee")
    for application in applied:
        cell.ask("intake", "ApproveApplication", application_id=application)
    match = cell.propose(program, *applied)
    with cell.browser() as browser:
        cell.sign_in(browser, "emil@example.org")
        page = send(browser, browser.get(f"/matches/{match}"), "/decline", reason="no_time")
        assert "You have declined the proposal." in page.text
        assert "/accept" not in page.text
        send(browser, page, "/undo")
        assert "/accept" in browser.get(f"/matches/{match}").text
    assert cell.run(cell.cell.told("MatchDeclined")) == []
