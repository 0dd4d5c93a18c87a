"""What a mentee reads before choosing mentors."""

from collections.abc import Sequence

from services.console.api import Naming, Shown
from services.console.reasons import Reason


class Choosing(Shown):
    """The application of whoever chooses."""

    id: str
    program_id: str
    role: str
    status: str
    is_paused: bool = False


class Choice(Naming):
    """A mentor who has room."""

    mentor_application_id: str
    mentor_id: str
    score: float
    reasons: Sequence[Reason] = ()
    languages: Sequence[str] = ()


class Ranked(Shown):
    """A mentor who was ranked."""

    mentor_application_id: str
    mentor_id: str


class Ranking(Naming):
    """The order that holds now, of those who were not asked yet."""

    ranked: Sequence[Ranked] = ()
    open: int = 0
    open_requests: int = 1
    wanted: int = 1

    @property
    def left(self) -> int:
        """How many more can be asked at once."""
        return max(self.open_requests - self.open, 0)
