"""Relationships that may be drifting apart: what shows it, and the rules on it."""

from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import Field

from shared.contracts.evaluation import RelationshipAtRisk
from shared.contracts.event import Event
from shared.contracts.intake import ProgramRules
from shared.contracts.members import Member
from shared.contracts.sessions import RelationshipStarted
from shared.engine.authoring.aggregate import Aggregate
from shared.ids import ProgramId, RelationshipId, RiskCaseId, SessionId


class RelationshipWatch(Aggregate, name="watch"):
    """What shows whether a relationship drifts; its id is the relationship's.

    `bookings` and `cancellations` go from a session's id to that of the event, in whatever order the events came. It
    keeps the rules that the program had when the relationship started.
    """

    indexes: ClassVar = (("members.person_id",),)

    program_id: ProgramId = ProgramId("")
    members: tuple[Member, ...] = ()
    rules: ProgramRules = ProgramRules()
    started: str = ""
    booking_due: datetime | None = None
    bookings: dict[str, str] = Field(default_factory=dict)
    cancellations: dict[str, str] = Field(default_factory=dict)
    has_ended: bool = False

    def begin(self, event: RelationshipStarted, event_id: str, rules: ProgramRules) -> datetime:
        """Begin to watch a relationship; returns when a session should be booked."""
        self.program_id, self.members, self.rules = event.program_id, event.members, rules
        self.started = event_id
        self.booking_due = event.started_at + timedelta(days=rules.nothing_booked_days)
        return self.booking_due

    def book(self, session_id: SessionId, event_id: str) -> None:
        """Note that a session was booked, or held."""
        self.bookings.setdefault(session_id, event_id)

    def cancel(self, session_id: SessionId, event_id: str) -> None:
        """Note that a session will not be held."""
        self.cancellations[session_id] = event_id

    def end(self) -> None:
        """Note that its members no longer work together: nothing need be booked."""
        self.has_ended = True

    @property
    def lacks_booking(self) -> bool:
        """Whether no session is booked that was not cancelled, though the relationship lasts."""
        return not self.has_ended and not self.bookings.keys() - self.cancellations.keys()

    @property
    def look(self) -> str:
        """The id of the timer that looks for a booking."""
        return f"booking/{self.id}"

    def next_look(self, at: datetime) -> datetime | None:
        """When to look for a booking; None if there is one, or if the time for it has passed."""
        return self.booking_due if self.lacks_booking and self.booking_due and self.booking_due > at else None

    @property
    def evidence(self) -> list[str]:
        """The ids of the events that it rests on."""
        return [self.started, *self.bookings.values(), *self.cancellations.values()]


class RiskCase(Aggregate, name="risk"):
    """A published rule has found a relationship that may need help. `evidence` are ids of events."""

    indexes: ClassVar = (("program_id",), ("members.person_id",))

    program_id: ProgramId = ProgramId("")
    relationship_id: RelationshipId = RelationshipId("")
    members: tuple[Member, ...] = ()
    rule: str = ""
    evidence: list[str] = Field(default_factory=list)
    raised_at: datetime | None = None

    def find_nothing_booked(self, watch: RelationshipWatch, at: datetime) -> tuple[Event, ...]:
        """Apply the rule `nothing_booked_<days>_days`: so long after its start, a relationship has a session booked.

        Looked at once, when that time has passed. A session that was booked and cancelled again does not count. A
        relationship that has ended is not at risk.
        """
        if self.raised_at is not None or not watch.lacks_booking:
            return ()
        self.program_id, self.relationship_id = watch.program_id, RelationshipId(watch.id)
        self.members = watch.members
        self.rule, self.evidence = f"nothing_booked_{watch.rules.nothing_booked_days}_days", watch.evidence
        self.raised_at = at
        found = RelationshipAtRisk(
            risk_id=RiskCaseId(self.id),
            program_id=self.program_id,
            relationship_id=self.relationship_id,
            members=self.members,
            rule=self.rule,
            evidence=tuple(self.evidence),
            raised_at=at,
        )
        return (found,)
