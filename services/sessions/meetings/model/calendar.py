"""When a person is booked, over all their relationships: nobody is in two sessions at once."""

from datetime import datetime, timedelta

from pydantic import Field

from services.sessions.times import Slot
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal

RECORDED_WITHIN = timedelta(days=7)
PLANNED_WITHIN = timedelta(days=366)


class HeldTooLongAgo(Refusal):
    """What was held a while ago can no longer be disputed, so it is no longer recorded either."""


class TooFarAhead(Refusal):
    """Nothing is planned for later than a year."""


class Overlap(Refusal):
    """The person is in another session at that time. `busy_from` and `busy_until` are in UTC."""


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

    def book(self, session_id: str, relationship_id: str, slot: Slot, at: datetime) -> None:
        """Book a time, or move the session's booking; raises `Overlap`, `HeldTooLongAgo`, `TooFarAhead`."""
        check_within_reach(slot, at)
        self._drop(ended_before=at - RECORDED_WITHIN)
        for other_id, booking in self.bookings.items():
            if other_id != session_id and booking.overlaps(slot):
                raise self._overlap(booking)
        self.bookings[session_id] = Booking(relationship_id=relationship_id, **slot.model_dump())

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

    def _drop(self, ended_before: datetime) -> None:
        self.bookings = {id: booking for id, booking in self.bookings.items() if booking.ends_at > ended_before}

    def _overlap(self, booking: Booking) -> Overlap:
        begin, end = _text(booking.starts_at), _text(booking.ends_at)
        return Overlap(
            f"Person {self.id} is in another session from {begin} to {end}: choose another time.",
            person_id=self.id,
            busy_from=begin,
            busy_until=end,
        )


def check_within_reach(slot: Slot, at: datetime) -> None:
    """A session may be planned up to 366 days ahead, or recorded up to 7 days after it began.

    A pair that met without having planned it schedules the session afterwards, even if it met before both had accepted
    the match formally, and completes it at once. Seven days is also how long a completion is open to dispute.
    """
    if slot.starts_at < at - RECORDED_WITHIN:
        raise HeldTooLongAgo(
            f"A session can be recorded up to 7 days after it began, so not before {_text(at - RECORDED_WITHIN)}.",
            field="starts_at",
        )
    if slot.starts_at > at + PLANNED_WITHIN:
        raise TooFarAhead(
            f"A session can be planned up to 366 days ahead, so not after {_text(at + PLANNED_WITHIN)}.",
            field="starts_at",
        )


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
