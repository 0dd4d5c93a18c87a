"""Links of mails: what can be done on a phone without signing in, and what cannot."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.console.proposals.views import Match
from services.matching.proposals.model.match import Match as StoredMatch
from shared.engine.authoring.reader import Reader
from tests.services.console.browsing import headline, send
from tests.services.console.conftest import Pair
from tests.services.console.world import TENANT, World

NOTHING = "This link opens nothing"


def match_of(cell: World, id: str) -> StoredMatch:
    """The match, as matching has it."""
    (found,) = cell.run(Reader(cell.cell.engines["matching"].store, TENANT).many(StoredMatch, [id]))
    return found


@pytest.fixture
def phone(cell: World) -> Any:
    """A browser in which nobody is signed in."""
    with cell.browser() as found:
        yield found


def test_a_scanner_that_opens_a_link_changes_nothing(cell: World, pair: Pair, phone: httpx.Client) -> None:
    link, before = cell.link("proposal", pair.mentor, pair.match), match_of(cell, pair.match)
    for path in (link, f"{link}?do=decline", f"{link}?do=ask"):
        assert headline(phone.get(path)) == "Would you be the mentor of Mia Conti?"
        assert phone.head(path).status_code in (200, 405)
    assert match_of(cell, pair.match) == before


def test_the_page_says_who_why_and_what_it_takes(cell: World, pair: Pair, phone: httpx.Client) -> None:
    page = phone.get(cell.link("proposal", pair.mentor, pair.match))
    for words in ("Mia Conti", "Goals", "60 minutes a month, for 6 months", "2, of which 2 free; this takes one"):
        assert words in page.text, words
    assert "example.org" not in page.text, "no address"
    assert "of which" not in phone.get(cell.link("proposal", pair.mentee, pair.match)).text, "the mentor's seats"


def test_a_message_that_is_none_is_said_at_its_field(cell: World, pair: Pair, phone: httpx.Client) -> None:
    link = cell.link("proposal", pair.mentor, pair.match)
    answer = phone.post(link, data={"answer": "ask-back", "text": "   ", "key": "k1"})
    assert answer.status_code == 422
    assert "This was not done" in answer.text


def test_a_mentor_asks_back_and_then_accepts_once(cell: World, pair: Pair, phone: httpx.Client) -> None:
    link = cell.link("proposal", pair.mentor, pair.match)
    page = phone.get(f"{link}?do=ask")
    page = send(phone, page, link, text="What would you like to learn first?", answer="ask-back")
    assert "What would you like to learn first?" in page.text
    page = send(phone, page, link, answer="accept")
    assert headline(page) == "You have said yes to Mia Conti."
    assert match_of(cell, pair.match).status == "mentor_accepted"
    used = phone.get(link)
    assert headline(used) == "You have said yes to Mia Conti."
    assert "<form" not in used.text, "a link that was used does nothing more"
    declined = phone.post(link, data={"answer": "decline", "reason": "no_time", "key": "k2"})
    assert headline(declined) == "You have said yes to Mia Conti."
    assert match_of(cell, pair.match).status == "mentor_accepted"


def test_no_link_does_what_another_is_for(cell: World, pair: Pair, phone: httpx.Client) -> None:
    stranger = cell.add_person("Nina Weiss")
    for link in (
        cell.link("proposal", stranger, pair.match),
        cell.link("proposal", pair.mentee, "another-match"),
        cell.link("session", pair.mentee, pair.match),
        cell.link("feedback", pair.mentee, pair.match),
    ):
        assert phone.get(link).status_code == 404
        phone.post(link, data={"answer": "decline", "reason": "no_time", "key": "k3"})
    assert match_of(cell, pair.match).status == "mentor_accepted"


def test_a_link_counts_whoever_is_signed_in_in_the_browser(cell: World, pair: Pair, mentor: httpx.Client) -> None:
    page = mentor.get(cell.link("proposal", pair.mentee, pair.match))
    assert "Grace Hopper" in headline(page), "it is the mentee's"


def test_a_link_that_was_changed_says_so(cell: World, pair: Pair, phone: httpx.Client) -> None:
    link = cell.link("proposal", pair.mentee, pair.match)
    for path in (f"{link}x", link[:-3], "/a/nothing", "/a/" + "x" * 900):
        answer = phone.get(path)
        assert answer.status_code == 403, path
        assert NOTHING in answer.text
        assert "sign in" in answer.text.lower()


def test_a_link_that_has_expired_says_what_to_do(cell: World, pair: Pair, phone: httpx.Client) -> None:
    link = cell.link("proposal", pair.mentee, pair.match, until=datetime.now(UTC) - timedelta(minutes=1))
    answer = phone.get(link)
    assert answer.status_code == 410
    assert "This link has expired" in answer.text
    assert phone.post(link, data={"answer": "accept", "key": "k4"}).status_code == 410


def test_a_proposal_that_was_withdrawn_meanwhile_says_so(cell: World, program: str, phone: httpx.Client) -> None:
    mentor, mentee = cell.add_person("Ivo Lang"), cell.add_person("Lea Moser")
    applied = cell.apply(program, mentor, "mentor", seats=1), cell.apply(program, mentee, "mentee")
    for application in applied:
        cell.ask("intake", "ApproveApplication", application_id=application)
    match = cell.propose(program, *applied)
    link = cell.link("proposal", mentor, match)
    page = phone.get(link)
    cell.ask("intake", "WithdrawApplication", f"person/{mentee}", application_id=applied[1])
    cell.told("MatchWithdrawn")
    late = send(phone, page, link, answer="accept")
    assert headline(late) == "This proposal was withdrawn."
    assert "Why the two of you" not in late.text, "what somebody states is shown no longer"


def test_every_wish_of_a_page_is_a_page(cell: World, pair: Pair, phone: httpx.Client) -> None:
    page = phone.get(cell.link("proposal", pair.mentee, pair.match))
    paths = re.findall(r'href="(/a/[^"]+)"', page.text)
    assert len(paths) == 2
    for path in paths:
        assert "<form" in phone.get(path).text


def test_the_mentee_declines_with_a_reason(cell: World, pair: Pair, phone: httpx.Client) -> None:
    link = cell.link("proposal", pair.mentee, pair.match)
    done = send(phone, phone.get(f"{link}?do=decline"), link, answer="decline", reason="no_time")
    assert headline(done)
    found = match_of(cell, pair.match)
    assert (found.status, found.decline_reason) == ("declined", "no_time")
    assert Match.model_fields.keys() & {"decline_reason"} == set(), "nobody is shown why"
