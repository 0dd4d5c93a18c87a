"""What is shown of the pool."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from services.matching.pool.model.participant import Participant, ParticipantStatus
from services.matching.pool.model.profile import ProfileCopy
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from shared.contracts.intake import MeetingFormat, Role
from shared.web.names import Named


class ParticipantView(Named):
    """Somebody in the pool. `id` is the application's. `seats` are a mentor's, or how many mentors a mentee wants.

    `matched` of them have a match, and the person is asked about `open` more. `pinned` is the application of the mentor
    whom the next run gives to the mentee.
    """

    id: str
    person_id: str
    role: Role
    entered_at: datetime
    meeting_format: MeetingFormat | None
    seats: int
    matched: int
    open: int
    is_paused: bool
    pinned: str | None

    @classmethod
    def of(
        cls,
        participant: Participant,
        profile: ProfileCopy | None,
        mentor: MentorSeats | None,
        mentee: MenteeRequests | None,
    ) -> Self:
        """Show a participant; what is not there yet is None."""
        profile = None if profile is None or profile.removed else profile
        mentor, mentee = mentor or MentorSeats(), mentee or MenteeRequests()
        return cls(
            **participant.model_dump(include={"id", "person_id", "role", "entered_at"}),
            meeting_format=profile.meeting_format if profile else None,
            seats=profile.capacity if profile else 0,
            matched=len(mentor.accepted) + len(mentee.accepted),
            open=len(mentor.open) + len(mentee.open),
            is_paused=participant.status is ParticipantStatus.PAUSED,
            pinned=mentee.pinned,
        )

    def people(self) -> Iterable[str]:
        """Who it is."""
        return (self.person_id,)
