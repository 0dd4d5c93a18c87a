"""Sessions as calendar messages: iCalendar (RFC 5545) by the rules of iTIP (RFC 5546).

Times are UTC and there is no VTIMEZONE, since calendars disagree about reading one; the zone stands in the text.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import quote

from icalendar import Calendar, Event, vCalAddress
from icalendar.enums import PARTSTAT, ROLE, STATUS
from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.notify.mailbox import EmailAddress, Mailbox
from services.notify.wording.local_time import locale_of, span
from shared.clock import zone
from shared.text import one_line

PRODUCT = "-//Ithaca//Mentoring//EN"

Method = Literal["REQUEST", "CANCEL"]
"""Put a session into the calendar or move it there, or take it out (RFC 5546)."""

STATUSES: Mapping[Method, STATUS] = {"REQUEST": STATUS.CONFIRMED, "CANCEL": STATUS.CANCELLED}


class CalendarEntry(BaseModel):
    """One session as it stands in the calendar of one person, who lives in `time_zone` and reads `locale`.

    `revision` rises whenever the time changes, and when the session is cancelled. `organizer` is the address that the
    mail comes from: calendars reject a message from anybody else.
    """

    model_config = ConfigDict(frozen=True)

    session_id: str
    revision: int
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    time_zone: str
    locale: str
    title: str
    where: str
    organizer: EmailAddress
    attendees: tuple[Mailbox, ...]


class CalendarMessage(BaseModel):
    """A message to a calendar, as the text of an .ics file."""

    model_config = ConfigDict(frozen=True)

    method: Method
    text: str


def calendar_message(method: Method, entry: CalendarEntry, at: datetime) -> CalendarMessage:
    """Write what puts a session into a calendar, moves it there or takes it out; `at` is when this is said."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("method", method)
    calendar.add_component(_event(entry, STATUSES[method], at))
    return CalendarMessage(method=method, text=calendar.to_ical().decode())


def _event(entry: CalendarEntry, status: STATUS, at: datetime) -> Event:
    where = _text(entry.where)
    return Event.new(
        uid=f"{entry.session_id}@ithaca",
        sequence=entry.revision,
        stamp=at.astimezone(UTC),
        start=entry.starts_at.astimezone(UTC),
        end=entry.ends_at.astimezone(UTC),
        status=status,
        summary=_text(entry.title),
        description=_when(entry),
        location=where or None,
        url=where if where.startswith("https://") else None,
        organizer=vCalAddress(_mailto(entry.organizer)),
        attendees=[_attendee(mailbox) for mailbox in entry.attendees],
    )


def _when(entry: CalendarEntry) -> str:
    return span(entry.starts_at, entry.ends_at, zone(entry.time_zone), locale_of(entry.locale))


def _attendee(mailbox: Mailbox) -> vCalAddress:
    return vCalAddress.new(
        _mailto(mailbox.address),
        cn=one_line(mailbox.name),
        role=ROLE.REQ_PARTICIPANT,
        partstat=PARTSTAT.NEEDS_ACTION,
        rsvp=True,
    )


def _mailto(address: str) -> str:
    """The address as a URI (RFC 6068)."""
    return "mailto:" + quote(address, safe="@!$'()*+,;:")


def _text(words: str) -> str:
    r"""Words on one line; the library takes `\N` for a line break, also where somebody has written it, as in a path."""
    return one_line(words).replace(r"\N", "/N")
