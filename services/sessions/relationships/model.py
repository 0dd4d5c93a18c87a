"""Relationships: who works together, since when, and by which rules."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID, uuid5

from services.sessions.members import OfMembers
from services.sessions.times import EPOCH
from shared.contracts.event import Event
from shared.contracts.intake import ProgramRules
from shared.contracts.matching import MatchAccepted
from shared.contracts.members import pair
from shared.contracts.sessions import RelationshipEndedEarly, RelationshipStarted
from shared.engine.authoring.aggregate import LocalCopy
from shared.errors import Refusal
from shared.ids import MatchId, RelationshipId

RELATIONSHIPS = UUID("8f14a6d2-5a2b-4d7e-9c6b-2f0f3f5f7c11")
"""The name space (RFC 9562, 6.5) in which a match's id names the relationship that comes from it."""


class RelationshipEnded(Refusal):
    """They no longer work together, so nothing more is planned."""


class Program(LocalCopy, name="program"):
    """A program, as intake has published it last."""

    rules: ProgramRules = ProgramRules()


class RelationshipStatus(StrEnum):
    """Whether the members still work together."""

    ACTIVE = "active"
    ENDED_EARLY = "ended_early"


def relationship_of(match_id: MatchId) -> RelationshipId:
    """Name the relationship that comes from a match: the same one however often it is asked, and no match's id."""
    return RelationshipId(str(uuid5(RELATIONSHIPS, match_id)))


class Relationship(OfMembers, name="relationship"):
    """People who work together, and the accepted matches that this comes from.

    It keeps the rules that its program had when it started.
    """

    indexes: ClassVar = (("program_id",), ("members.person_id",))

    match_ids: tuple[MatchId, ...] = ()
    started_at: datetime = EPOCH
    first_session_due: datetime = EPOCH
    rules: ProgramRules = ProgramRules()
    status: RelationshipStatus = RelationshipStatus.ACTIVE
    ended_at: datetime | None = None

    def start(self, match: MatchAccepted, program: Program, at: datetime) -> tuple[Event, ...]:
        """Begin when both have accepted; a relationship that has begun goes on as it is."""
        if not self.is_new:
            return ()
        self.program_id, self.match_ids = match.program_id, (match.match_id,)
        self.members = pair(match.mentor_id, match.mentee_id)
        self.rules = program.rules
        self.started_at, self.first_session_due = at, at + timedelta(days=self.rules.first_session_days)
        started = RelationshipStarted(
            relationship_id=RelationshipId(self.id),
            program_id=self.program_id,
            match_ids=self.match_ids,
            members=self.members,
            started_at=self.started_at,
            first_session_due=self.first_session_due,
        )
        return (started,)

    @property
    def usual_length(self) -> timedelta:
        """How long a session takes if nobody says otherwise."""
        return timedelta(minutes=self.rules.session_minutes)

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

    def check_active(self) -> None:
        """Let the members plan something while they work together; raises `RelationshipEnded`."""
        if self.status is RelationshipStatus.ENDED_EARLY:
            raise RelationshipEnded("You no longer work together: plan it with who is matched now.")
