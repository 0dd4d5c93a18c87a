"""An application: a person's request to take part in a program in one role, and the profile for matching."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from services.intake.applications.model.profile import MatchingProfile, Participation
from services.intake.applications.model.slot import ParticipantSlot
from shared.contracts.event import Event
from shared.contracts.intake import (
    ApplicationApproved,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    CapacityChanged,
    MeetingFormat,
    ParticipantLeft,
    ParticipantPaused,
    ParticipantResumed,
    Profile,
    Role,
)
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal

DEFAULT_SEATS = {Role.MENTOR: 2, Role.MENTEE: 1}
"""Long-term places for people who state none, unless they only meet ad hoc."""


CAPACITIES = {Role.MENTOR: ("seats", range(101)), Role.MENTEE: ("mentors", range(1, 4))}
"""What a role's capacity is called in the profile, and how large it may be."""


class ApplicationStatus(StrEnum):
    """The states of an application."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    LEFT = "left"


class ApplicationNotSubmitted(Refusal):
    """Only a submitted application can be approved."""


class ApplicationNotLive(Refusal):
    """A withdrawn application stays withdrawn; a new one can be submitted."""


class NotTakingPart(Refusal):
    """Only a participant can pause, resume, leave or change their capacity."""


class AlreadyPaused(Refusal):
    """A participant who has paused cannot pause again."""


class NotPaused(Refusal):
    """Only a participant who has paused can resume."""


class WrongCapacity(Refusal):
    """A person of this role cannot have that capacity. `field` says which part of the command is wrong."""

    status = 422


class Application(Aggregate, name="application"):
    """A request to take part, with its profile, which is shared while the application is approved.

    A person who `is_paused` still takes part, but gets no new matches for a while.
    """

    indexes: ClassVar = (("program_id", "status"), ("person_id", "program_id"))

    program_id: str = ""
    person_id: str = ""
    role: Role = Role.MENTEE
    status: ApplicationStatus = ApplicationStatus.DRAFT
    profile: MatchingProfile = MatchingProfile()
    submitted_at: datetime | None = None
    approved_at: datetime | None = None
    withdrawn_at: datetime | None = None
    is_paused: bool = False
    left_at: datetime | None = None

    @property
    def slot_id(self) -> str:
        """The id of the slot that it occupies while it is live."""
        return ParticipantSlot.key(self.program_id, self.person_id, self.role)

    @property
    def is_live(self) -> bool:
        """Whether it is waiting for a decision, or approved."""
        return self.status in (ApplicationStatus.SUBMITTED, ApplicationStatus.APPROVED)

    @property
    def has_ended(self) -> bool:
        """Whether the person has withdrawn, or left."""
        return self.status in (ApplicationStatus.WITHDRAWN, ApplicationStatus.LEFT)

    @property
    def capacity(self) -> int:
        """How many matches the person can have at once."""
        return self._seats() if self.role is Role.MENTOR else self.profile.mentors or 1

    def submit(
        self, participation: Participation, profile: MatchingProfile, slot: ParticipantSlot, at: datetime
    ) -> list[Event]:
        """Apply to take part."""
        _check_mentors(profile, participation.role)
        slot.occupy(self.id)
        self.program_id, self.person_id = participation.program_id, participation.person_id
        self.role, self.profile = participation.role, profile
        self.status, self.submitted_at = ApplicationStatus.SUBMITTED, at
        return [ApplicationSubmitted(**self._about())]

    def revise(self, profile: MatchingProfile) -> list[Event]:
        """Update the profile with what a newer one states."""
        before, self.profile = self.capacity, self.profile.revised(profile)
        if self.status is not ApplicationStatus.APPROVED or self.capacity == before:
            return []
        return [CapacityChanged(**self._about(), capacity=self.capacity)]

    def approve(self, at: datetime) -> list[Event]:
        """Let the person take part."""
        if self.status is not ApplicationStatus.SUBMITTED:
            raise ApplicationNotSubmitted(
                f"The application's status is {self.status}: only a submitted one can be approved."
            )
        self.status, self.approved_at = ApplicationStatus.APPROVED, at
        return [ApplicationApproved(**self._about())]

    def withdraw(self, slot: ParticipantSlot, at: datetime) -> list[Event]:
        """Withdraw the application, and free its slot for a new one."""
        if not self.is_live:
            raise ApplicationNotLive(f"The application's status is {self.status}: there is nothing to withdraw.")
        slot.free()
        self.status, self.withdrawn_at = ApplicationStatus.WITHDRAWN, at
        return [ApplicationWithdrawn(**self._about())]

    def move(self, person_id: str, slot: ParticipantSlot) -> None:
        """Be another card's of the same person, in its slot."""
        self.person_id = person_id
        if self.is_live:
            slot.occupy(self.id)
        elif slot.application_id is None:
            slot.application_id = self.id

    def pause(self) -> list[Event]:
        """Pause matching for a while; what has been agreed continues."""
        self._check_taking_part()
        if self.is_paused:
            raise AlreadyPaused("The person has paused already: resume to be matched again.")
        self.is_paused = True
        return [ParticipantPaused(**self._about())]

    def resume(self) -> list[Event]:
        """End the pause."""
        self._check_taking_part()
        if not self.is_paused:
            raise NotPaused("The person has not paused: there is nothing to resume.")
        self.is_paused = False
        return [ParticipantResumed(**self._about())]

    def leave(self, slot: ParticipantSlot, at: datetime) -> list[Event]:
        """Leave the program: what has been agreed ends, too. The slot is free for a new application."""
        self._check_taking_part()
        slot.free()
        self.status, self.left_at = ApplicationStatus.LEFT, at
        return [ParticipantLeft(**self._about())]

    def end(self, slot: ParticipantSlot, at: datetime) -> list[Event]:
        """Take part, or wait for that, no longer, whichever it is."""
        if self.status is ApplicationStatus.APPROVED:
            return self.leave(slot, at)
        return self.withdraw(slot, at) if self.is_live else []

    def forget(self) -> None:
        """Keep nothing of what the person has stated."""
        self.profile = MatchingProfile()

    def change_capacity(self, capacity: int) -> list[Event]:
        """Change a mentor's seats, or how many mentors a mentee looks for; raises `WrongCapacity`."""
        self._check_taking_part()
        what, allowed = CAPACITIES[self.role]
        if capacity not in allowed:
            detail = f"The capacity of a {self.role} is {allowed[0]} to {allowed[-1]} {what}: choose one of these."
            raise WrongCapacity(detail, field="capacity")
        return self.revise(MatchingProfile.model_validate({what: capacity}))

    def shared_state(self) -> Profile | None:
        """The profile, while the application is approved."""
        if self.status is not ApplicationStatus.APPROVED:
            return None
        stated = {name: value for name, value in self.profile.stated().items() if name in Profile.model_fields}
        return Profile.model_validate({**self._about(), **stated, "seats": self._seats()})

    def _seats(self) -> int:
        if self.profile.seats is not None:
            return self.profile.seats
        return 0 if self.profile.meeting_format is MeetingFormat.AD_HOC else DEFAULT_SEATS[self.role]

    def _check_taking_part(self) -> None:
        if self.status is not ApplicationStatus.APPROVED:
            remedy = "submit a new one" if self.has_ended else "wait until it is approved, or withdraw it"
            raise NotTakingPart(
                f"The application's status is {self.status}, so the person does not take part: {remedy}."
            )

    def _about(self) -> dict[str, Any]:  # the fields that its events and its shared profile have in common
        about = {"application_id": self.id, "program_id": self.program_id}
        return about | {"person_id": self.person_id, "role": self.role}


def _check_mentors(profile: MatchingProfile, role: Role) -> None:
    if role is not Role.MENTEE and profile.mentors is not None:
        detail = "profile.mentors: only a mentee looks for mentors. Leave it out, and state seats instead."
        raise WrongCapacity(detail, field="profile.mentors")
