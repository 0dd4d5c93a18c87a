"""Who takes part in matching: the pool of a program, kept from intake's events."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from services.matching.pool.model.unmatched_codes import Unmatchable
from services.matching.pool.model.wait import Wait
from shared.contracts.event import Event
from shared.contracts.intake import (
    ApplicationApproved,
    ApplicationWithdrawn,
    CapacityChanged,
    ParticipantLeft,
    ParticipantPaused,
    ParticipantResumed,
    Role,
)
from shared.contracts.matching import LeftWithoutMatch, WaitingEnded
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import NotFound, Refusal
from shared.ids import ApplicationId, PersonId, ProgramId


class MentorUnavailable(Refusal):
    """This mentor cannot be asked; another one may be."""


class MenteeUnavailable(Refusal):
    """The mentee cannot be asked about anybody now."""


class MentorNotInPool(MentorUnavailable):
    """The mentor has left, or never took part as such."""


class MenteeNotInPool(MenteeUnavailable):
    """The mentee has left, or never took part as such."""


class MentorPaused(MentorUnavailable):
    """The mentor does not want to be asked for a while."""


class MenteePaused(MenteeUnavailable):
    """The mentee does not want to be asked for a while."""


NOT_IN_POOL: dict[Role, type[Refusal]] = {Role.MENTOR: MentorNotInPool, Role.MENTEE: MenteeNotInPool}
PAUSED: dict[Role, type[Refusal]] = {Role.MENTOR: MentorPaused, Role.MENTEE: MenteePaused}

ParticipantEvent = (
    ApplicationApproved
    | ApplicationWithdrawn
    | ParticipantLeft
    | ParticipantPaused
    | ParticipantResumed
    | CapacityChanged
)
"""Intake's events on somebody who takes part."""


class ParticipantStatus(StrEnum):
    """Whether somebody can be matched: now, later or never."""

    IN = "in"
    PAUSED = "paused"
    OUT = "out"


class Participant(Aggregate, name="participant"):
    """A person in a program in one role; its id is that of the application.

    Somebody who has left stays out, even if the approval arrives later: a new application is a new participant. Of
    several pauses the latest counts, by its `sequence` among the events of the application.

    Who `is_waiting` for a match has none and is not asked about one. The `wait` says why, and how often they were told;
    it stays when it is over, so that nobody is told too often.
    """

    indexes: ClassVar = (("program_id", "status", "role"), ("program_id", "is_waiting", "role"), ("person_id",))

    program_id: ProgramId = ProgramId("")
    person_id: PersonId = PersonId("")
    role: Role = Role.MENTEE
    status: ParticipantStatus = ParticipantStatus.OUT
    entered_at: datetime | None = None
    sequence: int = 0
    is_waiting: bool = False
    wait: Wait = Wait()

    def enter(self, event: ApplicationApproved, at: datetime) -> None:
        """Take part from now on, unless the withdrawal or a pause came first."""
        if self.is_new:
            self._keep(event, at)
            self.status = ParticipantStatus.IN

    def leave(self, event: ApplicationWithdrawn | ParticipantLeft, at: datetime) -> None:
        """Take part no longer."""
        self._keep(event, at)
        self.status = ParticipantStatus.OUT

    def pause(self, event: ParticipantPaused, sequence: int, at: datetime) -> bool:
        """Be asked nothing for a while; False if a later event is known already."""
        return self._follow(event, ParticipantStatus.PAUSED, sequence, at)

    def resume(self, event: ParticipantResumed, sequence: int, at: datetime) -> bool:
        """Take part again; False if a later event is known already."""
        return self._follow(event, ParticipantStatus.IN, sequence, at)

    def wait_for_match(self, why: Unmatchable, at: datetime, look_by: datetime | None = None) -> list[Event]:
        """Wait from now on, or on; the event tells it, once at first and then not for a month."""
        is_told = self.wait.is_to_be_told(at)
        self.is_waiting, self.wait = True, self.wait.go_on(why, at, look_by)
        if not is_told:
            return []
        return [
            LeftWithoutMatch(
                **self._facts(),
                reason=why.code,
                since=self.wait.since or at,
                times=self.wait.told,
                next_look_at=self.wait.look_at or at,
            )
        ]

    def stop_waiting(self) -> list[Event]:
        """Wait no longer: there is somebody to answer to, or nobody is wanted any more."""
        if not self.is_waiting:
            return []
        self.is_waiting = False
        return [WaitingEnded(**self._facts(), times=self.wait.told)]

    def be_matched(self) -> None:
        """Have a match: a later wait starts anew, though nobody is told of it sooner."""
        if self.wait.since is not None:
            self.wait = self.wait.model_copy(update={"since": None})

    def check(self, program_id: str, role: Role) -> None:
        """Raises a `MentorUnavailable` or a `MenteeUnavailable` for somebody who cannot be asked."""
        self.check_known(program_id, role)
        if self.status is ParticipantStatus.PAUSED:
            raise PAUSED[role](
                f"The {role} {self.id} has paused: choose another one, or wait until they resume.",
                application_id=self.id,
            )
        if self.status is ParticipantStatus.OUT:
            raise self._not_in_pool(role)

    def check_known(self, program_id: str, role: Role) -> None:
        """Raises `MentorNotInPool` or `MenteeNotInPool` for somebody who has never taken part in this role.

        Whoever takes part in another program is as unknown here as somebody who does not exist: `NotFound`.
        """
        if self.program_id != program_id:
            raise NotFound.of(self.collection, self.id)
        if self.role is not role:
            raise self._not_in_pool(role)

    def _follow(self, event: ParticipantEvent, status: ParticipantStatus, sequence: int, at: datetime) -> bool:
        has_left = self.status is ParticipantStatus.OUT and not self.is_new
        if has_left or sequence < self.sequence:
            return False
        self._keep(event, at)
        self.status, self.sequence = status, sequence
        return True

    def _keep(self, event: ParticipantEvent, at: datetime) -> None:
        self.program_id, self.person_id, self.role = event.program_id, event.person_id, event.role
        self.entered_at = self.entered_at or at

    def _facts(self) -> dict[str, Any]:  # the fields that both events have are of several types
        return {
            "application_id": ApplicationId(self.id),
            "program_id": self.program_id,
            "person_id": self.person_id,
            "role": self.role,
        }

    def _not_in_pool(self, role: Role) -> Refusal:
        return NOT_IN_POOL[role](
            f"Application {self.id} is not in the pool of this program as a {role}: choose somebody who is.",
            application_id=self.id,
        )


def profile_of_newcomer(event: ApplicationApproved, participant: Participant | None) -> ApplicationId | None:
    """The profile that an approval waits for; None if the withdrawal came first, since that removes the profile."""
    has_left = participant is not None and not participant.is_new and participant.status is ParticipantStatus.OUT
    return None if has_left else event.application_id
