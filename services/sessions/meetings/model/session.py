"""Sessions: one meeting of a relationship, from its planning to its end."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from services.sessions.members import OfMembers, person_of
from services.sessions.relationships.model import Relationship
from services.sessions.times import Slot, shown
from shared.contracts.event import Event
from shared.contracts.sessions import SessionCancelled, SessionCompleted, SessionRescheduled, SessionScheduled
from shared.engine.authoring.links import links_to
from shared.errors import NotAllowed, Refusal
from shared.ids import PersonId, RelationshipId, SessionId

COMPLETED_WITHIN = timedelta(days=7)
"""After its end; that is also how long a completion is open to dispute."""


class SessionNotOpen(Refusal):
    """It was cancelled or completed before."""


class NotYetHeld(Refusal):
    """A session is completed after it has begun."""


class SessionOver(Refusal):
    """A session that has ended was held or not: nothing else can be done about it."""


class CompletedTooLate(Refusal):
    """Members say within 7 days that their session was held; after that, it is the manager's word."""


class SessionStatus(StrEnum):
    """What has become of a session."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    COMPLETED = "completed"


class Session(OfMembers, name="session"):
    """One meeting of a relationship. `revision` is the calendar's SEQUENCE (RFC 5545, 3.8.7.4)."""

    indexes: ClassVar = (("relationship_id",), ("members.person_id",), ("program_id", "status"))

    relationship_id: RelationshipId = RelationshipId("")
    slot: Slot = Slot()
    status: SessionStatus = SessionStatus.SCHEDULED
    revision: int = 0
    completed_by: PersonId | None = None

    @property
    def links(self) -> tuple[str, ...]:
        """The links of mails that are about it: each of the members has one."""
        return links_to(self.id, self.people)

    @property
    def open_links(self) -> tuple[str, ...]:
        """Those of them by which something can be done about it: while it is planned."""
        return self.links if self.status is SessionStatus.SCHEDULED else ()

    def schedule(self, relationship: Relationship, slot: Slot) -> tuple[Event, ...]:
        """Give a new session its time."""
        relationship.check_active()
        self.relationship_id = RelationshipId(relationship.id)
        self.program_id, self.members = relationship.program_id, relationship.members
        self.slot = slot
        return (SessionScheduled(**self._facts(), time_zone=slot.time_zone, revision=self.revision),)

    def reschedule(self, relationship: Relationship, slot: Slot, at: datetime) -> tuple[Event, ...]:
        """Move it to another time. The same time in another zone moves nothing: everybody sees it in their own."""
        relationship.check_active()
        self._check_open()
        self._check_not_over(at)
        previous, self.slot = self.slot, slot
        if slot.is_same_time(previous):
            return ()
        self.revision += 1
        moved = SessionRescheduled(
            **self._facts(),
            previous_starts_at=previous.starts_at,
            time_zone=slot.time_zone,
            revision=self.revision,
        )
        return (moved,)

    def cancel(self, at: datetime) -> tuple[Event, ...]:
        """Say that it will not be held."""
        self._check_open()
        self._check_not_over(at)
        return self._cancel()

    def cancel_unless_begun(self, at: datetime) -> tuple[Event, ...]:
        """Cancel it because the relationship has ended. One that has begun stays: it can still be completed."""
        is_planned = self.status is SessionStatus.SCHEDULED and self.slot.starts_at > at
        return self._cancel() if is_planned else ()

    def complete(self, by: str, at: datetime) -> tuple[Event, ...]:
        """Say that it was held: a member within 7 days, who runs the program afterwards."""
        self._check_open()
        if at < self.slot.starts_at:
            begin = shown(self.slot.starts_at)
            raise NotYetHeld(f"The session begins at {begin}: complete it after that.", starts_at=begin)
        self._check_word(by, open_until=self.slot.ends_at + COMPLETED_WITHIN, at=at)
        self.status = SessionStatus.COMPLETED
        self.completed_by = next((person for person in self.people if person == person_of(by)), None)
        return (SessionCompleted(**self._facts(), completed_by=self.completed_by),)

    def _cancel(self) -> tuple[Event, ...]:
        self.status = SessionStatus.CANCELLED
        self.revision += 1
        return (SessionCancelled(**self._facts(), time_zone=self.slot.time_zone, revision=self.revision),)

    def _check_open(self) -> None:
        if self.status is not SessionStatus.SCHEDULED:
            raise SessionNotOpen(f"The session is {self.status}: schedule another one.", session_status=self.status)

    def _check_not_over(self, at: datetime) -> None:
        if self.slot.ends_at <= at:
            end = shown(self.slot.ends_at)
            raise SessionOver(f"The session ended at {end}: complete it if it was held.", ended_at=end)

    def _check_word(self, by: str, open_until: datetime, at: datetime) -> None:
        """Whose word it is: the members' at first, then the manager's."""
        until, is_member = shown(open_until), person_of(by) in self.people
        if is_member and at > open_until:
            raise CompletedTooLate(
                f"You could say until {until} that the session was held: ask who manages the program.", open_until=until
            )
        if not is_member and at <= open_until:
            raise NotAllowed(f"Until {until} only a member can say that the session was held.")

    def _facts(self) -> dict[str, Any]:  # the fields that all events of a session have are of several types
        return {
            "session_id": SessionId(self.id),
            "relationship_id": self.relationship_id,
            "program_id": self.program_id,
            "members": self.members,
            "starts_at": self.slot.starts_at,
            "ends_at": self.slot.ends_at,
        }
