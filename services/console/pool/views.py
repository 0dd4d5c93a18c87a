"""What pages read of who takes part in a program."""

from collections.abc import Mapping
from datetime import datetime

from services.console.api import Naming


class Waiter(Naming):
    """Somebody who takes part and has nobody yet."""

    application_id: str
    person_id: str
    role: str
    reason: str = ""
    figures: Mapping[str, int] = {}
    words: str
    since: datetime | None = None
    next_look_at: datetime | None = None


class Participant(Naming):
    """Somebody who takes part, with the seats of a mentor, or how many mentors a mentee wants."""

    id: str
    person_id: str
    role: str
    entered_at: datetime
    seats: int
    matched: int
    open: int
    is_paused: bool

    @property
    def free(self) -> int:
        """How many more they could have."""
        return max(self.seats - self.matched - self.open, 0)
