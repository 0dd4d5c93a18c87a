"""Two who work together, in two zones: what they plan, what waits for them, and what those who run the program see."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import httpx
import pytest
from icalendar import Calendar

from services.console import api
from shared.clock import system_clock
from tests.services.console.browsing import headline, send
from tests.services.console.world import World

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


class Two(NamedTuple):
    """A mentor in Berlin and a mentee in New York who work together, and their browsers."""

    path: str
    mentor: httpx.Client
    mentee: httpx.Client
    mentor_id: str
    mentee_id: str


@pytest.fixture(scope="module")
def two(cell: World, program: str) -> Iterator[Two]:
    mentor = cell.add_person("Berta Kuhn", time_zone=BERLIN)
    mentee = cell.add_person("Nick Young", time_zone=NEW_YORK)
    applied = (
        cell.apply(program, mentor, "mentor", seats=1, time_zone=BERLIN),
        cell.apply(program, mentee, "mentee", time_zone=NEW_YORK),
    )
    for application in applied:
        cell.ask("intake", "ApproveApplication", application_id=application)
    match = cell.propose(program, *applied)
    for person in (mentor, mentee):
        cell.ask("matching", "AcceptMatch", f"person/{person}", match_id=match)
    cell.told("RelationshipStarted")
    with cell.browser() as berta, cell.browser() as nick:
        cell.sign_in(berta, "berta@example.org")
        cell.sign_in(nick, "nick@example.org")
        found = berta.get("/relationships").text
        path = found[found.index("/relationships/") :].partition('"')[0]
        yield Two(path, berta, nick, mentor, mentee)


def changes(zone_name: str, month: int) -> datetime:
    """The day of a change of the clocks within a year from now, at noon."""
    year = system_clock().year + (1 if (system_clock().month, system_clock().day) >= (month, 1) else 0)
    first = datetime(year, month, 1, 12, tzinfo=UTC)
    sundays = [day for day in (first + timedelta(days=n) for n in range(31)) if day.weekday() == 6]
    own = [day for day in sundays if day.month == month]
    return own[1] if zone_name == NEW_YORK else own[-1]


def test_today_asks_once_for_all_that_waits_in_all_relationships(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, send_on = list[str](), api.Api.send

    async def noted(self: api.Api, method: str, service: str, path: str, **options: object) -> httpx.Response:
        asked.append(f"{service} {path}")
        return await send_on(self, method, service, path, **options)

    monkeypatch.setattr(api.Api, "send", noted)
    assert "Plan your first session with Nick Young" in two.mentor.get("/today").text
    assert [one for one in asked if one.startswith("sessions ")] == [f"sessions /v1/people/{two.mentor_id}/agenda"]


def test_an_hour_that_clocks_skip_is_refused_where_it_is_typed(two: Two) -> None:
    gap = f"{changes(NEW_YORK, 3):%Y-%m-%d}T02:30"
    refused = send(two.mentee, two.mentee.get(two.path), "/sessions", starts_at=gap, minutes="60")
    assert refused.status_code == 422
    assert gap in refused.text, "what was typed stays"
    assert "03:00" in refused.text, "and the next time that there is"


def test_a_session_between_two_changes_of_the_clocks_is_at_the_right_hour_for_both(two: Two) -> None:
    between = changes(NEW_YORK, 3) + timedelta(days=3)
    planned = send(two.mentee, two.mentee.get(two.path), "/sessions", starts_at=f"{between:%Y-%m-%d}T10:00")
    assert planned.status_code == 200
    for browser, own, other in ((two.mentee, "10:00", "3:00"), (two.mentor, "3:00", "10:00")):
        page = browser.get(two.path).text.replace("\u202f", " ")
        assert (
            f"{between:%b} {between.day}, {between.year}, {own}" in page or f"{between:%b} {between.day}, {own}" in page
        )
        assert f"{other} " in page, "five hours apart, not six, until the clocks of Berlin change, too"


def test_both_zones_stand_beside_each_other(two: Two) -> None:
    page = two.mentor.get(two.path).text
    assert "New York" in page
    assert "hours behind you" in page


def test_the_file_for_a_calendar_is_the_entry_that_came_by_mail(two: Two, cell: World, program: str) -> None:
    page = two.mentor.get(two.path).text
    path = page[page.index("/sessions/0") :].partition('"')[0]
    answer = two.mentor.get(path)
    assert answer.headers["content-type"].startswith("text/calendar")
    (entry,) = Calendar.from_ical(answer.text).walk("VEVENT")
    assert entry["UID"] == f"{path.split('/')[2]}@ithaca"
    assert entry.decoded("DTSTART").astimezone(UTC).hour == 14
    assert str(entry["SUMMARY"]) == "Session with Nick Young"
    with cell.browser() as phone:
        link = cell.link("session", two.mentor_id, path.split("/")[2])
        assert timeless(phone.get(f"{link}?do=calendar").text) == timeless(answer.text)


def timeless(file: str) -> list[str]:
    """The lines of a calendar's file, but for when it was written."""
    return [line for line in file.splitlines() if not line.startswith("DTSTAMP")]


def test_a_session_is_moved_and_cancelled_by_the_link_of_its_mail(two: Two, cell: World) -> None:
    page = two.mentor.get(two.path).text
    session = page[page.index("/sessions/0") :].split("/")[2]
    link = cell.link("session", two.mentor_id, session)
    with cell.browser() as phone:
        gap = f"{changes(BERLIN, 3):%Y-%m-%d}T02:30"
        refused = send(phone, phone.get(f"{link}?do=move"), link, answer="reschedule", starts_at=gap)
        assert refused.status_code == 422
        assert gap in refused.text
        day = changes(BERLIN, 3) + timedelta(days=1)
        moved = send(phone, phone.get(f"{link}?do=move"), link, answer="reschedule", starts_at=f"{day:%Y-%m-%d}T16:00")
        assert f"{day:%b} {day.day}" in headline(moved)
        off = send(phone, phone.get(f"{link}?do=cancel"), link, answer="cancel")
        assert headline(off) == "Your session with Nick Young is off."
        assert "<form" not in phone.get(f"{link}?do=move").text, "what is off is not moved"


def test_feedback_is_given_by_the_link_of_its_mail_once(two: Two, cell: World) -> None:
    an_hour_ago = system_clock() - timedelta(hours=1)
    relationship = two.path.rpartition("/")[2]
    fields = {"relationship_id": relationship, "time_zone": BERLIN, "starts_at": an_hour_ago, "minutes": 30}
    held = str(cell.ask("sessions", "ScheduleSession", f"person/{two.mentor_id}", **fields)["id"])
    cell.ask("sessions", "CompleteSession", f"person/{two.mentor_id}", session_id=held)
    cell.told("SurveyInvited", 2)
    link = cell.link("feedback", two.mentee_id, f"{held}-{two.mentee_id}")
    with cell.browser() as phone:
        page = phone.get(link)
        assert headline(page) == "How was your session with Berta Kuhn?"
        wrong = send(phone, page, link, satisfaction="9", comment="It stays here")
        assert wrong.status_code == 422
        assert "It stays here" in wrong.text
        thanked = send(phone, page, link, satisfaction="4", comment="Good")
        assert headline(thanked) == "Thank you, your answer has come."
        assert headline(send(phone, page, link, satisfaction="1", comment="Twice")) == headline(thanked)
        assert "<form" not in phone.get(link).text


def test_those_who_run_the_program_see_who_meets_and_when_and_no_word(
    two: Two, admin: httpx.Client, program: str
) -> None:
    send(two.mentor, two.mentor.get(two.path), "/actions", task="A secret between two")
    pairs = admin.get(f"/programs/{program}/relationships")
    assert headline(pairs) == "One pair works together."
    assert "Berta Kuhn and Nick Young" in pairs.text
    sessions = admin.get(f"/programs/{program}/sessions?status=completed")
    assert headline(sessions) == "One session."
    for page in (pairs, sessions):
        assert "A secret between two" not in page.text
    assert two.mentor.get(f"/programs/{program}/sessions").status_code == 403


def test_what_is_to_be_done_soon_waits_on_today(two: Two) -> None:
    tomorrow = f"{system_clock() + timedelta(days=1):%Y-%m-%d}"
    send(two.mentee, two.mentee.get(two.path), "/actions", task="Read the first chapter", due_on=tomorrow)
    assert "Read the first chapter" in two.mentee.get("/today").text
    assert "Read the first chapter" not in two.mentor.get("/today").text
