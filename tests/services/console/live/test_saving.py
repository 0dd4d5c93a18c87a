"""What a page says of what was just done, when the console is behind; and that it is done once."""

import re
import time
from collections.abc import Callable

import httpx

from services.console.live.hub import Told
from tests.services.console.browsing import headline, send
from tests.services.console.world import World
from tests.waiting import PATIENCE

SAVING = "It is accepted, and shows everywhere in a moment."


def approvals(cell: World, application: str) -> int:
    """How often an application was approved, by what the services have told."""
    return sum(application in event["subject"] for event in cell.run(cell.cell.told("ApplicationApproved")))


def test_what_all_pages_know_of_at_once_is_shown_as_done(cell: World, program: str, admin: httpx.Client) -> None:
    cell.apply(program, cell.add_person("Ben Okafor"), "mentee")
    page = send(admin, admin.get(f"/programs/{program}/applications"), "/approve")
    assert headline(page) == "Every application is decided."
    assert SAVING not in page.text
    assert page.url.query == b""


def test_what_pages_do_not_know_of_yet_is_being_saved_then_done_and_done_once(
    cell: World, program: str, admin: httpx.Client
) -> None:
    application = cell.apply(program, cell.add_person("Tom Baker"), "mentee")
    form = admin.get(f"/programs/{program}/applications")
    with cell.behind():
        page = send(admin, form, "/approve")
        assert SAVING in page.text
        again = send(admin, form, "/approve")
        assert SAVING in again.text, "a double click, or the page before and its button once more"
        assert SAVING in admin.get(str(page.url)).text, "loading it again sends nothing"
    until = time.monotonic() + PATIENCE
    while SAVING in admin.get(str(page.url)).text and time.monotonic() < until:
        time.sleep(0.1)
    assert SAVING not in admin.get(str(page.url)).text
    assert approvals(cell, application) == 1


def test_after_ten_seconds_it_is_said_that_it_will_appear_and_an_old_address_says_nothing(admin: httpx.Client) -> None:
    now = time.time()
    for seconds, said in ((11, "Accepted; it will appear here."), (3, SAVING), (700, None)):
        page = admin.get("/today", params={"after": f"application/none:1:{int(now - seconds)}"})
        assert ("Accepted; it will appear here." in page.text, SAVING in page.text) == (
            said == "Accepted; it will appear here.",
            said == SAVING,
        )


def test_an_address_that_somebody_has_made_up_says_nothing(admin: httpx.Client) -> None:
    for made_up in ("", "x", "application/<b>:1:1", "application/a:1:99999999999999", "a/b:-1:1"):
        assert Told.read(made_up) is None
        assert SAVING not in admin.get("/today", params={"after": made_up}).text


def test_of_two_managers_one_decides_and_the_other_is_told(cell: World, program: str, admin: httpx.Client) -> None:
    application = cell.apply(program, cell.add_person("Una Quinn"), "mentee")
    cell.give_role(cell.add_person("Max Frey"), "manager", program)
    with cell.browser() as other:
        cell.sign_in(other, "max@example.org")
        path = f"/programs/{program}/applications"
        one_sees, other_sees = admin.get(path), other.get(path)
        assert headline(send(admin, one_sees, "/approve")) == "Every application is decided."
        told = send(other, other_sees, "/approve")
        assert told.status_code == 412
        assert "It was not decided" in told.text
    assert approvals(cell, application) == 1


def test_the_navigation_says_how_much_waits_as_soon_as_it_is_told(
    cell: World, program: str, admin: httpx.Client
) -> None:
    path = f"/programs/{program}/applications"
    counted = re.compile(rf'href="{path}"[^>]*>.*?</svg><span>Applications</span><span class="count">(\d+)</span>')
    applications = [cell.apply(program, cell.add_person(f"Vera{n} Ross"), "mentee") for n in "abc"]
    expected = {"3": applications[0], "2": applications[1], "1": applications[2]}
    for count, application in expected.items():
        assert until(lambda: counted.findall(admin.get(path).text), [count])
        cell.ask("intake", "ApproveApplication", application_id=application)
    assert until(lambda: counted.findall(admin.get(path).text), [])


def until(read: Callable[[], list[str]], wanted: list[str]) -> bool:
    """Whether that is read before long."""
    end = time.monotonic() + PATIENCE
    while (found := read()) != wanted:
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return True
