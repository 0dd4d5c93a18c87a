"""Who takes part in matching: the pool of a program, kept from what intake tells."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from pydantic import ValidationError

from services.matching.algorithm.people import Person
from services.matching.comparing import ANSWERS
from shared.contracts.intake import ApplicationApproved, ApplicationWithdrawn, MeetingFormat, ProgramRules, Role
from shared.engine.aggregate import Aggregate, Replica
from shared.errors import Refusal
from shared.ids import ApplicationId, PersonId, ProgramId


class MentorUnavailable(Refusal):
    """This mentor cannot be asked; another one may be."""


class MenteeUnavailable(Refusal):
    """The mentee is to be asked about nobody."""


class MentorNotInPool(MentorUnavailable):
    """The mentor has left, or never took part as such."""


class MenteeNotInPool(MenteeUnavailable):
    """The mentee has left, or never took part as such."""


class ProfileInvalid(Refusal):
    """A profile has values that nothing can be compared with."""


FIELDS = {"capacity": "seats", "person": "person_id"}
"""Where a profile calls a thing otherwise than the matching library."""

NOT_IN_POOL: dict[Role, type[Refusal]] = {Role.MENTOR: MentorNotInPool, Role.MENTEE: MenteeNotInPool}


class ProgramCopy(Aggregate, name="program"):
    """The rules of a program that matter here, as intake published them; 0 before that."""

    proposal_days: int = 0
    open_requests: int = 0

    def follow(self, rules: ProgramRules) -> None:
        """Take the rules over."""
        self.proposal_days, self.open_requests = rules.proposal_days, rules.open_requests


class ProfileCopy(Replica, name="profile"):
    """What an approved applicant stated; its id is that of the application."""

    indexes: ClassVar = (("program_id", "role"),)

    program_id: ProgramId = ProgramId("")
    person_id: PersonId = PersonId("")
    role: Role = Role.MENTEE
    meeting_format: MeetingFormat = MeetingFormat.BOTH
    seats: int = 0
    languages: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    programming_languages: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    experience: str | None = None
    years: float | None = None
    hours_per_month: float | None = None
    time_zone: str | None = None

    def person(self, promised: int = 0, excludes: Iterable[ApplicationId] = ()) -> Person:
        """As it is compared: without the seats that are `promised`, and with nobody of `excludes`.

        Raises `ProfileInvalid`.
        """
        try:
            return Person(
                id=self.id,
                person=self.person_id,
                capacity=self.seats - promised if self.role is Role.MENTOR else 1,
                is_eligible=self.meeting_format is not MeetingFormat.AD_HOC,
                languages=self.languages,
                goals=self.goals,
                years=self.years,
                time_zone=self.time_zone,
                excludes=tuple(sorted(excludes)),
                answers={name: getattr(self, name) for name in ANSWERS},
            )
        except ValidationError as error:
            fields = sorted({FIELDS.get(name, name) for one in error.errors() if (name := str(one["loc"][0]))})
            raise ProfileInvalid(
                f"The profile of {self.id} cannot be compared: correct its {', '.join(fields)}."
            ) from error


class PoolStatus(StrEnum):
    """Whether somebody can be matched."""

    IN = "in"
    OUT = "out"


class PoolEntry(Aggregate, name="participant"):
    """A person in a program in one role; its id is that of the application.

    Who has left stays out, even if the approval is heard of later: a new application has a new entry.
    """

    indexes: ClassVar = (("program_id", "status", "role"),)

    program_id: ProgramId = ProgramId("")
    person_id: PersonId = PersonId("")
    role: Role = Role.MENTEE
    status: PoolStatus = PoolStatus.OUT
    entered_at: datetime | None = None

    def enter(self, event: ApplicationApproved, at: datetime) -> None:
        """Take part from now on, unless the withdrawal came first."""
        if self.is_new:
            self._know(event)
            self.status, self.entered_at = PoolStatus.IN, at

    def leave(self, event: ApplicationWithdrawn) -> None:
        """No longer take part."""
        self._know(event)
        self.status = PoolStatus.OUT

    def check(self, program_id: str, role: Role) -> None:
        """Raises `MentorNotInPool` or `MenteeNotInPool`."""
        if (self.program_id, self.role, self.status) != (program_id, role, PoolStatus.IN):
            raise NOT_IN_POOL[role](
                f"Application {self.id} is not in the pool of this program as a {role}: choose somebody who is.",
                application_id=self.id,
            )

    def _know(self, event: ApplicationApproved | ApplicationWithdrawn) -> None:
        self.program_id, self.person_id, self.role = event.program_id, event.person_id, event.role


def profile_of_newcomer(event: ApplicationApproved, entry: PoolEntry | None) -> ApplicationId | None:
    """The profile that an approval waits for; none if the withdrawal came first, since that removes the profile."""
    return event.application_id if entry is None or entry.is_new else None
