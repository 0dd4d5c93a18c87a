import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from services.notify.calendar.model import PRODUCT, CalendarEntry, CalendarMessage, calendar_message
from services.notify.mailbox import Mailbox
from shared.text import one_line
from tests.examples import examples

AT = datetime(2027, 3, 1, 12, 30, tzinfo=UTC)
STARTS_AT = datetime(2027, 3, 29, 7, tzinfo=UTC)
ENTRY = CalendarEntry(
    session_id="0199-session",
    revision=0,
    starts_at=STARTS_AT,
    ends_at=STARTS_AT + timedelta(hours=1),
    time_zone="Europe/Berlin",
    locale="en",
    title="Growing into Leadership",
    where="https://meet.example.org/harbor",
    organizer="mentoring@example.org",
    attendees=(
        Mailbox(name="Noor Haddad", address="noor@example.org"),
        Mailbox(name='Ada "Ace" Okafor; PhD, MD', address="ada@example.org"),
    ),
)


def entry(**changes: object) -> CalendarEntry:
    return CalendarEntry.model_validate(ENTRY.model_dump() | changes)


def read(message: CalendarMessage) -> tuple[Calendar, Event]:
    """As a program reads it that knows nothing of how it was written."""
    calendar = Calendar.from_ical(message.text)
    assert isinstance(calendar, Calendar)
    (event,) = calendar.walk("VEVENT")
    assert isinstance(event, Event)
    return calendar, event


def unfolded(message: CalendarMessage) -> list[str]:
    return message.text.replace("\r\n ", "").split("\r\n")


def test_a_request_holds_the_session_in_utc() -> None:
    calendar, event = read(calendar_message("REQUEST", ENTRY, AT))
    assert (calendar["METHOD"], calendar["VERSION"], calendar["PRODID"]) == ("REQUEST", "2.0", PRODUCT)
    assert (event.start, event.end, event.stamp) == (ENTRY.starts_at, ENTRY.ends_at, AT)
    assert (event.status, event.sequence, event.summary) == ("CONFIRMED", 0, ENTRY.title)
    assert "DTSTART:20270329T070000Z" in unfolded(calendar_message("REQUEST", ENTRY, AT))


def test_moments_of_any_zone_are_written_in_utc() -> None:
    in_tokyo = entry(starts_at="2027-03-29T16:00:00+09:00", ends_at="2027-03-29T17:00:00+09:00")
    assert calendar_message("REQUEST", in_tokyo, AT) == calendar_message("REQUEST", ENTRY, AT)


def test_no_time_zone_is_described_and_the_text_names_it() -> None:
    message = calendar_message("REQUEST", ENTRY, AT)
    assert "VTIMEZONE" not in message.text
    assert "TZID" not in message.text
    _, event = read(message)
    assert event.description == "Monday, March 29, 2027, 9:00 AM - 10:00 AM (Europe/Berlin, GMT+02:00)"


def test_the_same_entry_at_the_same_time_is_the_same_message() -> None:
    assert calendar_message("REQUEST", ENTRY, AT) == calendar_message("REQUEST", ENTRY, AT)


def test_a_moved_session_keeps_its_uid_and_has_a_higher_sequence_and_a_new_stamp() -> None:
    later = AT + timedelta(days=1)
    _, first = read(calendar_message("REQUEST", ENTRY, AT))
    _, moved = read(calendar_message("REQUEST", entry(revision=1, starts_at=STARTS_AT + timedelta(minutes=30)), later))
    assert moved.uid == first.uid
    assert moved.sequence > first.sequence
    assert moved.stamp == later
    assert all(attendee.params["PARTSTAT"] == "NEEDS-ACTION" for attendee in moved.attendees)


def test_a_cancellation_names_the_same_session() -> None:
    _, first = read(calendar_message("REQUEST", ENTRY, AT))
    calendar, event = read(calendar_message("CANCEL", entry(revision=2), AT))
    assert calendar["METHOD"] == "CANCEL"
    assert (event.uid, event.status, event.sequence) == (first.uid, "CANCELLED", 2)


def test_the_organizer_is_a_bare_address() -> None:
    assert "ORGANIZER:mailto:mentoring@example.org" in unfolded(calendar_message("REQUEST", ENTRY, AT))


def test_attendees_are_asked_to_reply() -> None:
    _, event = read(calendar_message("REQUEST", ENTRY, AT))
    assert [attendee.email for attendee in event.attendees] == ["noor@example.org", "ada@example.org"]
    assert all(attendee.params["RSVP"] == "TRUE" for attendee in event.attendees)


def test_quotes_in_a_name_are_written_as_rfc_6868_says() -> None:
    (ada,) = [line for line in unfolded(calendar_message("REQUEST", ENTRY, AT)) if "ada@" in line]
    assert "CN=\"Ada ^'Ace^' Okafor; PhD, MD\"" in ada
    _, event = read(calendar_message("REQUEST", ENTRY, AT))
    assert event.attendees[1].params["CN"] == 'Ada "Ace" Okafor; PhD, MD'


@pytest.mark.parametrize(
    ("address", "uri"),
    [("jörg@müller.de", "mailto:j%C3%B6rg@m%C3%BCller.de"), ("a?b%c+d@x.org", "mailto:a%3Fb%25c+d@x.org")],
)
def test_an_address_is_written_as_a_uri(address: str, uri: str) -> None:
    text = "".join(unfolded(calendar_message("REQUEST", entry(organizer=address), AT)))
    assert f"ORGANIZER:{uri}" in text


def test_a_link_is_both_place_and_url() -> None:
    _, event = read(calendar_message("REQUEST", ENTRY, AT))
    assert event.location == event.url == "https://meet.example.org/harbor"


def test_a_room_is_no_url() -> None:
    _, event = read(calendar_message("REQUEST", entry(where="Room 5, 2nd floor"), AT))
    assert (event.location, event.url) == ("Room 5, 2nd floor", "")


def test_special_characters_of_a_text_are_escaped() -> None:
    assert r"SUMMARY:a\;b\,c\\d e" in unfolded(calendar_message("REQUEST", entry(title="a;b,c\\d\ne"), AT))


@examples(60)
@given(title=st.text(max_size=200), name=st.text(max_size=200))
@example(title=r"C:\New", name="")
def test_whatever_people_write_stays_where_it_belongs(title: str, name: str) -> None:
    message = calendar_message(
        "REQUEST", entry(title=title, attendees=[Mailbox(name=name, address="a@example.org")]), AT
    )
    _, event = read(message)
    assert (event.summary or "") == one_line(title).replace(r"\N", "/N")
    assert [attendee.email for attendee in event.attendees] == ["a@example.org"]
    assert len(unfolded(message)) == len(unfolded(calendar_message("REQUEST", ENTRY, AT))) - 1


@examples(60)
@given(title=st.text(max_size=300))
def test_no_line_is_longer_than_75_octets_and_every_line_ends_in_crlf(title: str) -> None:
    text = calendar_message("REQUEST", entry(title=title), AT).text
    assert text.endswith("\r\n")
    assert not re.search(r"(?<!\r)\n|\r(?!\n)", text)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
