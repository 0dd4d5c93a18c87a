"""A session as a file for calendars (RFC 5545): the same entry as in its mail, by its id and revision."""

from datetime import UTC

from icalendar import Calendar, Event

from services.console.frame.reader import Reader
from services.console.frame.texts import msgid
from services.console.relationships.views import Session
from shared.text import one_line

PRODUCT = "-//Ithaca//Mentoring//EN"
MEDIA_TYPE = "text/calendar; charset=utf-8"
NAME = "session.ics"


def calendar_file(page: Reader, session: Session, name: str) -> bytes:
    """Write the file: a session with somebody of that name."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("method", "PUBLISH")
    calendar.add_component(_entry(page, session, name))
    content: bytes = calendar.to_ical()
    return content


def _entry(page: Reader, session: Session, name: str) -> Event:
    summary = page.say(msgid("Session with %(name)s"), name=one_line(name)).replace(r"\N", "/N")
    entry = Event.new(
        uid=f"{session.id}@ithaca",
        sequence=session.revision,
        stamp=page.now.astimezone(UTC),
        start=session.starts_at.astimezone(UTC),
        end=session.ends_at.astimezone(UTC),
        summary=summary,
    )
    entry.add("status", "CANCELLED" if session.status == "cancelled" else "CONFIRMED")
    return entry
