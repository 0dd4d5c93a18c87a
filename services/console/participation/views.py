"""What somebody reads of how they take part in a program."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.console.api import Shown
from services.console.proposals.views import Match


class Participation(Shown):
    """One's own application, once it was approved."""

    id: str
    program_id: str
    role: str
    status: str
    is_paused: bool = False
    left_at: datetime | None = None
    profile: Mapping[str, Any] = {}  # whatever the program's form asks

    @property
    def is_mentor(self) -> bool:
        """Whether it is as a mentor."""
        return self.role == "mentor"

    @property
    def is_active(self) -> bool:
        """Whether somebody takes part."""
        return self.status == "approved" and self.left_at is None

    @property
    def capacity(self) -> int:
        """How many of the other side there is room for."""
        stated = self.profile.get("seats" if self.is_mentor else "mentors")
        return int(stated) if stated is not None else 1


class Held(Shown):
    """What somebody has, and is asked about, in one program."""

    open: int
    accepted: int

    @classmethod
    def of(cls, mine: Participation, matches: Sequence[Match]) -> "Held":
        """Count it."""
        here = [one for one in matches if one.program_id == mine.program_id]
        return cls(open=sum(one.is_open for one in here), accepted=sum(one.status == "accepted" for one in here))
