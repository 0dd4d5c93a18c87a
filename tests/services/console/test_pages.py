"""Pages of each role: what they say, whom they are for, and what comes of their forms."""

import re

import httpx
import pytest

from tests.services.console.browsing import headline, send
from tests.services.console.conftest import Pair
from tests.services.console.world import World


def test_an_application_that_waits_is_approved_from_today(cell: World, program: str, admin: httpx.Client) -> None:
    cell.apply(program, cell.add_person("Ben Okafor"), "mentee")
    assert "One application to Long-term mentoring waits for your decision" in admin.get("/today").text
    review = admin.get(f"/programs/{program}/applications")
    assert headline(review) == "One application waits for a decision."
    assert headline(send(admin, review, "/approve")) == "Every application is decided."


def test_a_mentor_accepts_a_proposal(mentor: httpx.Client, pair: Pair) -> None:
    assert headline(mentor.get("/today")) == "One thing needs you."
    page = mentor.get(f"/matches/{pair.match}")
    assert "Would you be the mentor of" in headline(page)
    assert "You have said yes to" in headline(send(mentor, page, "/accept"))
    assert "You have said yes to" in headline(send(mentor, page, "/accept")), "the same form twice is one answer"


def test_two_who_have_said_yes_plan_a_session_and_agree_on_what_to_do(
    cell: World, mentor: httpx.Client, mentee: httpx.Client, pair: Pair
) -> None:
    send(mentee, mentee.get(f"/matches/{pair.match}"), "/accept")
    cell.told("RelationshipStarted")
    path = re.search(r'href="(/relationships/[^"]+)"', mentee.get("/relationships").text)
    assert path
    page = mentee.get(path[1])
    skipped = send(mentee, page, "/sessions", starts_at="2027-03-28T02:30", minutes="60")
    assert skipped.status_code == 422, "this hour is skipped in Rome"
    assert "2027-03-28T02:30" in skipped.text, "what was typed stays"
    assert send(mentee, skipped, "/sessions", starts_at="2027-03-30T10:00", minutes="60").status_code == 200
    page = mentor.get(path[1])
    assert "Mar 30" in headline(page)
    page = send(mentor, page, "/actions", task="Write down three goals")
    assert "Write down three goals" in page.text
    assert "Done: Write down three goals" not in send(mentor, page, "/complete").text


@pytest.mark.parametrize("path", ["/today", "/relationships", "/proposals", "/applications", "/programs", "/me"])
def test_everybody_has_their_pages(mentor: httpx.Client, path: str) -> None:
    assert headline(mentor.get(path))


@pytest.mark.parametrize("path", ["", "/applications", "/pool", "/waiting", "/at-risk", "/figures"])
def test_a_program_has_pages_for_those_who_run_it_and_for_nobody_else(
    admin: httpx.Client, mentor: httpx.Client, program: str, path: str
) -> None:
    assert headline(admin.get(f"/programs/{program}{path}"))
    refused = mentor.get(f"/programs/{program}{path}")
    assert refused.status_code in (403, 404)
    assert "To Today" in refused.text, "it is a page that leads on"


def test_people_are_found_by_those_who_look_after_them(admin: httpx.Client, mentor: httpx.Client, pair: Pair) -> None:
    assert "mia@example.org" in admin.get("/search", params={"q": "mïa"}).text
    assert "mia@example.org" in admin.get("/people", params={"q": "Mia"}).text
    assert "mia@example.org" not in mentor.get("/search", params={"q": "Mia"}).text
    assert mentor.get("/people").status_code == 403
    assert headline(mentor.get("/search", params={"q": "long-term"})) == "One thing has that name."
