"""What the board reads: who waits, who has room, who sits where, and what the program's managers wish."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.console.api import Naming
from services.console.pool.views import Participant
from services.console.reasons import Reason

CANNOT_BE_ASKED = ("paused", "ad_hoc_only", "no_seats")
"""The reasons of mentees whom nobody can be proposed to now."""


class Waiter(Naming):
    """A mentee who has room for a mentor and is asked about none, and why."""

    application_id: str
    person_id: str
    reason: str = ""
    figures: Mapping[str, int] = {}
    words: str
    since: datetime | None = None

    @property
    def can_be_asked(self) -> bool:
        """Whether somebody can be proposed to them."""
        return self.reason not in CANNOT_BE_ASKED


class Seated(Participant):
    """Somebody in the pool, as they sit on the board."""

    @property
    def kind(self) -> str:
        """Whether there is room, all seats are taken, or nobody is to be asked."""
        if self.is_paused:
            return "paused"
        return "room" if self.matched < self.seats else "full"


class Placed(Naming):
    """A match that holds a seat, or asks for one."""

    id: str
    mentor_application_id: str
    mentee_id: str
    status: str
    expires_at: datetime
    closed_at: datetime | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether both have said yes."""
        return self.status == "accepted"


class Candidate(Naming):
    """A mentor who may be proposed to a mentee by hand, and what speaks against it."""

    mentor_application_id: str
    mentor_id: str
    score: float
    reasons: Sequence[Reason] = ()
    seats: int
    matched: int
    open: int
    objections: Sequence[str] = ()


class Preview(Naming):
    """What proposing two to each other would be."""

    mentor_application_id: str
    mentee_application_id: str
    mentor_id: str
    mentee_id: str
    score: float | None = None
    reasons: Sequence[Reason] = ()
    needs_despite_score: bool
    answer_by: datetime
    refusal: str | None = None
    detail: str | None = None
    mentee_version: int


class Wish(Naming):
    """Two who are pinned to each other, or kept apart."""

    mentor_application_id: str
    mentee_application_id: str
    mentor_id: str
    mentee_id: str
    reason: str | None = None
