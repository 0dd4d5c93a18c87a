"""When a person is booked, over all their relationships: nobody is in two sessions at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import Field

from services.sessions.meetings.model.session import Session
from services.sessions.times import Slot, shown
from shared.clock import zone
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal

RECORDED_WITHIN = timedelta(days=7)
PLANNED_WITHIN = timedelta(days=366)

STEP, LOOK_AHEAD, SUGGESTED = timedelta(minutes=30), timedelta(days=14), 3
"""Where a time is looked for instead of one at which somebody is busy, and how many are named."""

BY_DAY = range(8, 19)
"""Hours at which a session is suggested to begin."""


class HeldTooLongAgo(Refusal):
    """What was held a while ago can no longer be disputed, so it is no longer recorded either."""


class TooFarAhead(Refusal):
    """Nothing is planned for later than a year."""


class Overlap(Refusal):
    """Not everybody is free at that time. `free_from` are starts, in UTC, at which all of them are.

    Who is busy, when and with whom, is nobody else's business.
    """


class Booking(Slot):
    """A slot in which a person is booked, and by which relationship."""

    relationship_id: str = ""


class PersonCalendar(Aggregate, name="calendar"):
    """The bookings of one person, by the id of their session; its id is the person's.

    A cancelled session frees its time, a completed one keeps it. No session may begin more than `RECORDED_WITHIN` ago
    or `PLANNED_WITHIN` ahead, so a booking that ended before that can meet no other, and is forgotten: the calendar
    holds at most what fits into about a year.
    """

    bookings: dict[str, Booking] = Field(default_factory=dict)

    def take_over(self, other: "PersonCalendar") -> None:
        """Be booked whenever another card of the person was, which is not any more."""
        self.bookings, other.bookings = {**other.bookings, **self.bookings}, {}

    def forget(self) -> bool:
        """Forget every booking; returns whether there was one."""
        had_some, self.bookings = bool(self.bookings), {}
        return had_some

    def book(self, session_id: str, relationship_id: str, slot: Slot) -> None:
        """Book a time, or move the session's booking."""
        self.bookings[session_id] = Booking(relationship_id=relationship_id, **slot.model_dump())

    def is_free(self, slot: Slot, session_id: str) -> bool:
        """Tell whether no session but this one is booked then."""
        return not any(id != session_id and booking.overlaps(slot) for id, booking in self.bookings.items())

    def free(self, session_id: str) -> None:
        """Cancel the session's booking."""
        self.bookings.pop(session_id, None)

    def sessions_of(self, relationship_id: str) -> list[str]:
        """List the sessions of the relationship that are booked."""
        return [id for id, booking in self.bookings.items() if booking.relationship_id == relationship_id]

    def next_start(self, relationship_id: str, after: datetime) -> datetime | None:
        """Tell when the relationship's next session begins; None if none is planned."""
        starts = (booking.starts_at for booking in self.bookings.values() if booking.relationship_id == relationship_id)
        return min((start for start in starts if start > after), default=None)

    def drop(self, ended_before: datetime) -> None:
        """Forget what ended before that."""
        self.bookings = {id: booking for id, booking in self.bookings.items() if booking.ends_at > ended_before}


def book(calendars: Sequence[PersonCalendar], session: Session, at: datetime) -> None:
    """Book a session's time with all its members; raises `Overlap`, `HeldTooLongAgo`, `TooFarAhead`."""
    check_within_reach(session.slot, at)
    for calendar in calendars:
        calendar.drop(ended_before=at - RECORDED_WITHIN)
    if not _are_free(calendars, session.slot, session.id):
        free = [shown(start) for start in free_starts(calendars, session, at)]
        instead = f", such as {free[0]}" if free else ""
        raise Overlap(f"Not everybody is free then: choose another time{instead}.", free_from=free)
    for calendar in calendars:
        calendar.book(session.id, session.relationship_id, session.slot)


def free_starts(calendars: Sequence[PersonCalendar], session: Session, at: datetime) -> list[datetime]:
    """Find the next times by day at which all are free for as long as the session takes, from the wished one on."""
    local, found = zone(session.slot.time_zone), list[datetime]()
    for step in range(1, LOOK_AHEAD // STEP):
        slot = session.slot.later(step * STEP)
        is_by_day = slot.starts_at.astimezone(local).hour in BY_DAY
        if slot.starts_at > at and is_by_day and _are_free(calendars, slot, session.id):
            found.append(slot.starts_at)
        if len(found) == SUGGESTED:
            break
    return found


def _are_free(calendars: Sequence[PersonCalendar], slot: Slot, session_id: str) -> bool:
    return all(calendar.is_free(slot, session_id) for calendar in calendars)


def check_within_reach(slot: Slot, at: datetime) -> None:
    """A session may be planned up to 366 days ahead, or recorded up to 7 days after it began.

    A pair that met without having planned it schedules the session afterwards, even if it met before both had accepted
    the match formally, and completes it at once. Seven days is also how long a completion is open to dispute.
    """
    if slot.starts_at < at - RECORDED_WITHIN:
        raise HeldTooLongAgo(
            f"A session can be recorded up to 7 days after it began, so not before {shown(at - RECORDED_WITHIN)}.",
            field="starts_at",
        )
    if slot.starts_at > at + PLANNED_WITHIN:
        raise TooFarAhead(
            f"A session can be planned up to 366 days ahead, so not after {shown(at + PLANNED_WITHIN)}.",
            field="starts_at",
        )
