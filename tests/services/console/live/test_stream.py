"""What browsers are told on their streams, and when a stream ends."""

import re
from contextlib import ExitStack

import httpx

from services.console.door.answering import STREAM
from tests.services.console.conftest import Pair
from tests.services.console.live.streaming import listening
from tests.services.console.world import World

POSITION = re.compile(r'data-position="([^"]*)"')


def test_somebody_who_may_see_what_happens_is_told_that_it_has_and_nothing_of_what(
    cell: World, program: str, admin: httpx.Client
) -> None:
    with listening(admin) as stream:
        person = cell.add_person("Ben Okafor")
        application = cell.apply(program, person, "mentee")
        told = stream.until("applications")
        assert told.id > ""
        assert told.data == "1"
        assert not any(id in str(stream.seen) for id in (person, application, "Ben"))


def test_nobody_is_told_of_what_is_not_theirs(
    cell: World, program: str, pair: Pair, admin: httpx.Client, mentor: httpx.Client
) -> None:
    with listening(admin) as staff, listening(mentor) as theirs:
        cell.apply(program, cell.add_person("Tom Baker"), "mentee")
        staff.until("applications")
        cell.ask("matching", "DeclineMatch", f"person/{pair.mentee}", match_id=pair.match, reason="no_fit")
        staff.until("matches")
        theirs.until("matches")
        assert {one.signal for one in theirs.seen} <= {"matches", "letters", "waiting"}


def test_who_comes_again_is_told_what_came_meanwhile(cell: World, program: str, admin: httpx.Client) -> None:
    with listening(admin) as stream:
        cell.apply(program, cell.add_person("Una Quinn"), "mentee")
        last = stream.until("applications").id
        cell.apply(program, cell.add_person("Vera Ross"), "mentee")
        missed = stream.until("applications").id
    with listening(admin, last=last) as stream:
        assert stream.until("applications").id == missed > last


def test_a_page_that_is_older_than_what_is_remembered_is_told_that_all_may_be_new(admin: httpx.Client) -> None:
    with listening(admin, after="") as stream:
        stream.until("waiting")
        assert {"applications", "matches", "runs"} <= {one.signal for one in stream.seen}


def test_what_comes_between_a_page_and_its_stream_is_told(cell: World, program: str, admin: httpx.Client) -> None:
    found = POSITION.search(admin.get("/today").text)
    assert found
    with listening(admin) as earlier:
        cell.apply(program, cell.add_person("Wim Smit"), "mentee")
        told = earlier.until("applications").id
    with listening(admin, after=found[1]) as stream:
        assert stream.until("applications").id == told


def test_a_stream_ends_when_its_browser_signs_out(cell: World, program: str) -> None:
    cell.add_person("Xenia Thal")
    with cell.browser() as browser, cell.browser() as same:
        cell.sign_in(browser, "xenia@example.org")
        same.cookies = browser.cookies
        with listening(browser) as stream:
            same.post("/sign-out")
            assert stream.until("over").data == "signed-out"
            assert list(stream) == []


def test_a_stream_goes_on_without_what_a_role_was_for_that_was_taken_away(cell: World, admin: httpx.Client) -> None:
    own = str(cell.ask("intake", "CreateProgram", title="A program of its own")["id"])
    cell.ask("intake", "PublishProgram", program_id=own)
    manager = cell.add_person("Yann Urban")
    cell.give_role(manager, "manager", own)
    with cell.browser() as browser:
        cell.sign_in(browser, "yann@example.org")
        with listening(browser) as stream:
            cell.apply(own, cell.add_person("Zoe Vogt"), "mentee")
            stream.until("applications")
            cell.ask("intake", "RevokeRole", cell.giver, person_id=manager, role="manager", program_id=own)
            stream.until("people")
            with listening(admin) as staff:
                cell.apply(own, cell.add_person("Ziggy Wolf"), "mentee")
                staff.until("applications")
            cell.ask("intake", "CorrectPerson", f"person/{manager}", person_id=manager, name="Yann U.")
            stream.until("people")
        assert [one.signal for one in stream.seen if one.signal != "letters"] == ["applications", "people", "people"]


def test_somebody_who_is_not_signed_in_has_no_stream_and_does_not_come_again(cell: World) -> None:
    with cell.browser() as browser:
        assert browser.get("/live", headers={"Accept": STREAM}).status_code == 204


def test_one_person_has_a_few_streams_and_no_more(cell: World) -> None:
    cell.add_person("Aldo Wirth")
    with cell.browser() as browser:
        cell.sign_in(browser, "aldo@example.org")
        with ExitStack() as opened:
            streams = [opened.enter_context(listening(browser)) for _ in range(8)]
            assert [next(stream.lines) for stream in streams] == ["retry: 2000"] * 8
            refused = browser.get("/live", headers={"Accept": STREAM})
            assert refused.status_code == 503
            assert refused.headers["retry-after"] == "60"
