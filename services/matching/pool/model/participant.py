"""Who takes part in matching: the pool of a program, kept from what intake tells."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from services.matching.proposals.model.unavailable import MenteeNotInPool, MenteePaused, MentorNotInPool, MentorPaused
from shared.contracts.intake import (
    ApplicationApproved,
    ApplicationWithdrawn,
    CapacityChanged,
    ParticipantLeft,
    ParticipantPaused,
    ParticipantResumed,
    Role,
)
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import NotAllowed, Refusal
from shared.ids import ApplicationId, PersonId, ProgramId

NOT_IN_POOL: dict[Role, type[Refusal]] = {Role.MENTOR: MentorNotInPool, Role.MENTEE: MenteeNotInPool}
PAUSED: dict[Role, type[Refusal]] = {Role.MENTOR: MentorPaused, Role.MENTEE: MenteePaused}

About = (
    ApplicationApproved
    | ApplicationWithdrawn
    | ParticipantLeft
    | ParticipantPaused
    | ParticipantResumed
    | CapacityChanged
)
"""What intake tells of somebody who takes part."""


class PoolStatus(StrEnum):
    """Whether somebody can be matched: now, later or never."""

    IN = "in"
    PAUSED = "paused"
    OUT = "out"


class PoolEntry(Aggregate, name="participant"):
    """A person in a program in one role; its id is that of the application.

    Who has left stays out, even if the approval is heard of later: a new application has a new entry. Of pauses the
    one that was told last counts, by its `sequence` among what intake tells of the application.
    """

    indexes: ClassVar = (("program_id", "status", "role"),)

    program_id: ProgramId = ProgramId("")
    person_id: PersonId = PersonId("")
    role: Role = Role.MENTEE
    status: PoolStatus = PoolStatus.OUT
    entered_at: datetime | None = None
    sequence: int = 0

    def enter(self, event: ApplicationApproved, at: datetime) -> None:
        """Take part from now on, unless the withdrawal or a pause came first."""
        if self.is_new:
            self._know(event, at)
            self.status = PoolStatus.IN

    def leave(self, event: ApplicationWithdrawn | ParticipantLeft, at: datetime) -> None:
        """No longer take part."""
        self._know(event, at)
        self.status = PoolStatus.OUT

    def pause(self, event: ParticipantPaused, sequence: int, at: datetime) -> bool:
        """Be asked nothing for a while; False if it is old news."""
        return self._follow(event, PoolStatus.PAUSED, sequence, at)

    def resume(self, event: ParticipantResumed, sequence: int, at: datetime) -> bool:
        """Take part again; False if it is old news."""
        return self._follow(event, PoolStatus.IN, sequence, at)

    def check(self, program_id: str, role: Role) -> None:
        """Raises a `MentorUnavailable` or a `MenteeUnavailable` for who cannot be asked."""
        self.check_known(program_id, role)
        if self.status is PoolStatus.PAUSED:
            raise PAUSED[role](
                f"The {role} {self.id} has paused: choose another one, or wait until they resume.",
                application_id=self.id,
            )
        if self.status is PoolStatus.OUT:
            raise self._not_in_pool(role)

    def check_known(self, program_id: str, role: Role) -> None:
        """Raises `MentorNotInPool` or `MenteeNotInPool` for who has never taken part in this role."""
        if (self.program_id, self.role) != (program_id, role):
            raise self._not_in_pool(role)

    def check_actor(self, actor: str) -> None:
        """Clients and operators may act for anybody; raises `NotAllowed` for another person."""
        if actor.startswith("person/") and actor != f"person/{self.person_id}":
            raise NotAllowed("This is another person's application: use your own.")

    def _follow(self, event: About, status: PoolStatus, sequence: int, at: datetime) -> bool:
        has_left = self.status is PoolStatus.OUT and not self.is_new
        if has_left or sequence < self.sequence:
            return False
        self._know(event, at)
        self.status, self.sequence = status, sequence
        return True

    def _know(self, event: About, at: datetime) -> None:
        self.program_id, self.person_id, self.role = event.program_id, event.person_id, event.role
        self.entered_at = self.entered_at or at

    def _not_in_pool(self, role: Role) -> Refusal:
        return NOT_IN_POOL[role](
            f"Application {self.id} is not in the pool of this program as a {role}: choose somebody who is.",
            application_id=self.id,
        )


def profile_of_newcomer(event: ApplicationApproved, entry: PoolEntry | None) -> ApplicationId | None:
    """The profile that an approval waits for; none if the withdrawal came first, since that removes the profile."""
    has_left = entry is not None and not entry.is_new and entry.status is PoolStatus.OUT
    return None if has_left else event.application_id
