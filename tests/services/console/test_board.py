"""The board and the matches of a program: a manager matches by hand, pins, keeps apart, and takes back."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import pytest

from tests.services.console.browsing import headline, send
from tests.services.console.world import World


class Pool(NamedTuple):
    """The applications of two mentors and two mentees, none of whom has anybody."""

    program: str
    grace: str
    ines: str
    ben: str
    cleo: str

    @property
    def board(self) -> str:
        """Where the board is."""
        return f"/programs/{self.program}/board"


@pytest.fixture(scope="module")
def pool(cell: World, program: str) -> Pool:
    """Two mentors, and two mentees for whom nobody was found."""
    roles = {"Grace Hopper": "mentor", "Ines Vidal": "mentor", "Ben Okafor": "mentee", "Cleo Adler": "mentee"}
    applied = [cell.apply(program, cell.add_person(name), role, **SEATS.get(role, {})) for name, role in roles.items()]
    for application in applied:
        cell.ask("intake", "ApproveApplication", application_id=application)
    pool = Pool(program, *applied)
    for mentee in (pool.ben, pool.cleo):
        cell.left_over(program, mentee, pool.grace)
    return pool


SEATS: dict[str, dict[str, Any]] = {"mentor": {"seats": 2}}


@pytest.fixture(scope="module")
def other(cell: World, program: str) -> Iterator[httpx.Client]:
    """A browser of another manager of the program."""
    cell.give_role(cell.add_person("Max Frey"), "manager", program)
    yield from cell.signed_in("max@example.org")


def on_board(browser: httpx.Client, pool: Pool, *pairs: str) -> httpx.Response:
    return browser.get(pool.board, params={"to": list(pairs)})


def test_whoever_waits_is_moved_to_a_mentor_and_sent(admin: httpx.Client, pool: Pool) -> None:
    page = admin.get(pool.board)
    assert headline(page) == "2 mentees wait."
    assert "4 seats are free." in page.text
    page = admin.get(pool.board, params={"mentee": pool.ben})
    assert "2 free seats · asked not long ago" in page.text, "who could be moved to is told with what has to be known"
    (there,) = re.findall(rf'href="([^"]+to=[^"]*{pool.ines})"', page.text)
    page = admin.get(there.replace("&amp;", "&"))
    assert "One proposal is not sent yet." in page.text
    assert "Ben Okafor to Ines Vidal" in page.text
    assert "In common: software development" in page.text, "score and reasons are seen before"
    assert "When you send, both sides are asked by mail, and have until" in page.text
    page = send(admin, page, "/board/send", to=sent(page))
    assert headline(page) == "One mentee waits."
    assert re.search(r"Ben Okafor.*asked until", page.text, re.DOTALL)


def sent(page: httpx.Response) -> str:
    (found,) = re.findall(r'name="to" value="([^"]+/[^"]+)"', page.text)
    return str(found)


def test_of_two_managers_who_move_one_mentee_one_does_and_the_other_is_told(
    admin: httpx.Client, other: httpx.Client, pool: Pool
) -> None:
    mine = on_board(admin, pool, f"{pool.cleo}/{pool.grace}")
    theirs = on_board(other, pool, f"{pool.cleo}/{pool.ines}")
    assert send(other, theirs, "/board/send", to=sent(theirs)).status_code == 200
    refused = send(admin, mine, "/board/send", to=sent(mine))
    assert refused.status_code == 409
    assert "Somebody else has moved this mentee" in refused.text
    assert "Cleo Adler to Grace Hopper" in refused.text, "what was on the board stays there"
    assert "asked until" in refused.text, "and the board shows how it stands now"


def test_the_same_form_sent_twice_asks_once(admin: httpx.Client, pool: Pool) -> None:
    page = on_board(admin, pool, f"{pool.ben}/{pool.grace}")
    for _ in range(2):
        assert send(admin, page, "/board/send", to=sent(page)).status_code == 200
    matches = admin.get(f"/programs/{pool.program}/matches").text
    assert matches.count("Ben Okafor and Grace Hopper") == 1


def test_what_cannot_be_sent_says_so_and_has_no_button(admin: httpx.Client, pool: Pool) -> None:
    page = on_board(admin, pool, f"{pool.ben}/{pool.grace}")
    assert "Cannot be sent" in page.text
    assert "These two are asked about each other now" in page.text
    assert "/board/send" not in page.text
    assert on_board(admin, pool, "none").status_code == 422


def test_a_proposal_is_taken_back_where_it_says_what_that_does(cell: World, admin: httpx.Client, pool: Pool) -> None:
    path = f"/programs/{pool.program}/matches"
    page = admin.get(path)
    assert headline(page) == "3 pairs are asked."
    (match,) = re.findall(r"match_id=([\w-]+)[^>]*>\s*<b><span[^>]*>Cleo Adler and Ines Vidal", page.text)
    page = admin.get(path, params={"match_id": match})
    assert "No run or search proposes these two again for 30 days" in page.text
    assert send(admin, page, f"{match}/withdraw").status_code == 200
    cell.told("MatchWithdrawn")
    assert "Taken back" in admin.get(path, params={"show": "over", "match_id": match}).text
    again = send(admin, page, f"{match}/withdraw")
    assert again.status_code == 200, "the same form is one command"


def test_two_are_kept_apart_and_let_together_again(cell: World, admin: httpx.Client, pool: Pool) -> None:
    page = admin.post(
        f"{pool.board}/apart",
        data={"key": "apart-1", "mentee": pool.cleo, "mentor": pool.ines, "reason": "reporting_line"},
    )
    assert "Cleo Adler and Ines Vidal" in page.text
    assert "One reports to the other" in page.text
    twice = admin.post(f"{pool.board}/apart", data={"key": "apart-2", "mentee": pool.cleo, "mentor": pool.ines})
    assert twice.status_code == 409
    assert "These two are kept apart already." in twice.text
    assert "These two are kept apart." in on_board(admin, pool, f"{pool.cleo}/{pool.ines}").text
    page = send(admin, page, "/board/lift", mentee=pool.cleo, mentor=pool.ines)
    assert "Nobody is kept apart." in page.text
    cell.told("ExclusionLifted")


def test_two_are_pinned_and_unpinned(cell: World, admin: httpx.Client, pool: Pool) -> None:
    page = on_board(admin, pool, f"{pool.cleo}/{pool.ines}")
    page = send(admin, page, "/board/pin")
    assert "Unpin: Cleo Adler to Ines Vidal" in page.text
    twice = admin.post(f"{pool.board}/pin", data={"key": "p", "mentee": pool.cleo, "mentor": pool.ines})
    assert "A mentor is pinned to this mentee already" in twice.text
    page = send(admin, page, "/board/unpin")
    assert "Nobody is pinned to anybody" in page.text
    assert admin.post(f"{pool.board}/unpin", data={"key": "u", "mentee": pool.cleo}).status_code == 409


def test_any_two_are_looked_at_together_whether_they_wait_or_not(admin: httpx.Client, pool: Pool) -> None:
    page = admin.get(f"{pool.board}/two")
    assert page.text.index("Ben Okafor") < page.text.index("Cleo Adler"), "they stand in the order of their names"
    page = admin.get(f"{pool.board}/two", params={"mentee": pool.ben, "mentor": pool.grace})
    assert "Ben Okafor to Grace Hopper" in page.text
    assert "Keep the two apart…" in page.text, "also two who are asked about each other"
    assert admin.get(f"{pool.board}/two", params={"mentee": "a/b", "mentor": "c"}).status_code == 422


def test_the_board_is_in_the_language_of_whoever_looks(cell: World, program: str, pool: Pool) -> None:
    cell.give_role(cell.add_person("Jana Weiss", locale="de"), "manager", program)
    with cell.browser() as browser:
        cell.sign_in(browser, "jana@example.org")
        page = on_board(browser, pool, f"{pool.cleo}/{pool.grace}")
        assert 'lang="de"' in page.text
        assert "noch nicht gesendet" in page.text
