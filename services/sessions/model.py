"""Relationships and their sessions: what they hold, and the rules on them."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid5

from services.sessions.times import EPOCH, Slot
from shared.contracts.event import Event
from shared.contracts.intake import ProgramRules
from shared.contracts.matching import MatchAccepted
from shared.contracts.members import Member, pair, people
from shared.contracts.sessions import (
    RelationshipEndedEarly,
    RelationshipStarted,
    SessionCancelled,
    SessionCompleted,
    SessionRescheduled,
    SessionScheduled,
)
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import NotAllowed, Refusal
from shared.ids import MatchId, PersonId, ProgramId, RelationshipId, SessionId

RELATIONSHIPS = UUID("8f14a6d2-5a2b-4d7e-9c6b-2f0f3f5f7c11")
"""The name space (RFC 9562, 6.5) in which a match's id names the relationship that comes from it."""


class SessionNotOpen(Refusal):
    """It was cancelled or completed before."""


class NotYetHeld(Refusal):
    """A session is completed after it has begun."""


class RelationshipEnded(Refusal):
    """They no longer work together, so nothing more is planned."""


class ProgramCopy(Aggregate, name="program"):
    """The rules of a program that matter here, as intake published them; 0 before that."""

    session_minutes: int = 0
    first_session_days: int = 0

    def follow(self, rules: ProgramRules) -> None:
        """Take the rules over."""
        self.session_minutes, self.first_session_days = rules.session_minutes, rules.first_session_days


class OfMembers(Aggregate):
    """What belongs to the members of a relationship: of all people, only they may act on it."""

    program_id: ProgramId = ProgramId("")
    members: tuple[Member, ...] = ()

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Who the members are."""
        return people(self.members)

    def check_actor(self, actor: str) -> None:
        """Let clients and operators of the tenant act for the members; raises `NotAllowed` for any other person."""
        if actor.startswith("person/") and _person(actor) not in self.people:
            raise NotAllowed("Only the members of this relationship may do this.")


class RelationshipStatus(StrEnum):
    """Whether the members still work together."""

    ACTIVE = "active"
    ENDED_EARLY = "ended_early"


def relationship_of(match_id: MatchId) -> RelationshipId:
    """Name the relationship that comes from a match: the same one however often it is asked, and no match's id."""
    return RelationshipId(str(uuid5(RELATIONSHIPS, match_id)))


class Relationship(OfMembers, name="relationship"):
    """People who work together, and the accepted matches that this comes from.

    It keeps the length of a session that the program had when it started.
    """

    indexes: ClassVar = (("program_id",), ("members.person_id",))

    match_ids: tuple[MatchId, ...] = ()
    started_at: datetime = EPOCH
    first_session_due: datetime = EPOCH
    session_minutes: int = 0
    status: RelationshipStatus = RelationshipStatus.ACTIVE
    ended_at: datetime | None = None

    def start(self, match: MatchAccepted, program: ProgramCopy, at: datetime) -> tuple[Event, ...]:
        """Begin when both have accepted; a relationship that has begun goes on as it is."""
        if not self.is_new:
            return ()
        self.program_id, self.match_ids = match.program_id, (match.match_id,)
        self.members = pair(match.mentor_id, match.mentee_id)
        self.started_at, self.first_session_due = at, at + timedelta(days=program.first_session_days)
        self.session_minutes = program.session_minutes
        started = RelationshipStarted(
            relationship_id=RelationshipId(self.id),
            program_id=self.program_id,
            match_ids=self.match_ids,
            members=self.members,
            started_at=self.started_at,
            first_session_due=self.first_session_due,
        )
        return (started,)

    def end_early(self, reason: str, at: datetime) -> tuple[Event, ...]:
        """Work together no longer; once ended, it stays so."""
        if self.status is RelationshipStatus.ENDED_EARLY:
            return ()
        self.status, self.ended_at = RelationshipStatus.ENDED_EARLY, at
        ended = RelationshipEndedEarly(
            relationship_id=RelationshipId(self.id),
            program_id=self.program_id,
            members=self.members,
            reason=reason,
        )
        return (ended,)

    def check_goes_on(self, by: str) -> None:
        """Let the members plan something while they work together; raises `NotAllowed`, `RelationshipEnded`."""
        self.check_actor(by)
        if self.status is RelationshipStatus.ENDED_EARLY:
            raise RelationshipEnded("You no longer work together: plan it with who is matched now.")


class SessionStatus(StrEnum):
    """What has become of a session."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    COMPLETED = "completed"


class Session(OfMembers, name="session"):
    """One meeting of a relationship. `revision` is the calendar's SEQUENCE (RFC 5545, 3.8.7.4)."""

    indexes: ClassVar = (("relationship_id",),)

    relationship_id: RelationshipId = RelationshipId("")
    slot: Slot = Slot()
    status: SessionStatus = SessionStatus.SCHEDULED
    revision: int = 0
    completed_by: PersonId | None = None

    def schedule(self, relationship: Relationship, slot: Slot, by: str) -> tuple[Event, ...]:
        """Give a new session its time."""
        relationship.check_goes_on(by)
        self.relationship_id = RelationshipId(relationship.id)
        self.program_id, self.members = relationship.program_id, relationship.members
        self.slot = slot
        return (SessionScheduled(**self._facts(), time_zone=slot.time_zone, revision=self.revision),)

    def reschedule(self, relationship: Relationship, slot: Slot, by: str) -> tuple[Event, ...]:
        """Move it to another time; the same time again changes nothing."""
        relationship.check_goes_on(by)
        self._check_open(by)
        if slot == self.slot:
            return ()
        previous, self.slot = self.slot, slot
        self.revision += 1
        moved = SessionRescheduled(
            **self._facts(),
            previous_starts_at=previous.starts_at,
            time_zone=slot.time_zone,
            revision=self.revision,
        )
        return (moved,)

    def cancel(self, by: str) -> tuple[Event, ...]:
        """Say that it will not be held."""
        self._check_open(by)
        return self._cancel()

    def call_off(self, at: datetime) -> tuple[Event, ...]:
        """Cancel it because the relationship has ended. One that has begun stays: it can still be completed."""
        is_planned = self.status is SessionStatus.SCHEDULED and self.slot.starts_at > at
        return self._cancel() if is_planned else ()

    def complete(self, by: str, at: datetime) -> tuple[Event, ...]:
        """Say that it was held: only a member knows, and only after it has begun."""
        if _person(by) not in self.people:
            raise NotAllowed("Only a member of the relationship can say that its session was held.")
        self._check_open(by)
        if at < self.slot.starts_at:
            begin = self.slot.starts_at.strftime("%Y-%m-%dT%H:%M:%SZ")
            raise NotYetHeld(f"The session begins at {begin}: complete it after that.", starts_at=begin)
        self.status, self.completed_by = SessionStatus.COMPLETED, _person(by)
        return (SessionCompleted(**self._facts(), completed_by=self.completed_by),)

    def _cancel(self) -> tuple[Event, ...]:
        self.status = SessionStatus.CANCELLED
        self.revision += 1
        return (SessionCancelled(**self._facts(), time_zone=self.slot.time_zone, revision=self.revision),)

    def _check_open(self, by: str) -> None:
        self.check_actor(by)
        if self.status is not SessionStatus.SCHEDULED:
            raise SessionNotOpen(f"The session is {self.status}: schedule another one.", session_status=self.status)

    def _facts(self) -> dict[str, Any]:  # the fields that all events of a session have are of several types
        return {
            "session_id": SessionId(self.id),
            "relationship_id": self.relationship_id,
            "program_id": self.program_id,
            "members": self.members,
            "starts_at": self.slot.starts_at,
            "ends_at": self.slot.ends_at,
        }


def _person(actor: str) -> PersonId:
    kind, _, id = actor.partition("/")
    return PersonId(id if kind == "person" else "")
