"""That far more was tried at an organization than is usual, and who is told of it how often."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.contracts.access import GuessedAt, GuessingNoticed
from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate
from shared.ids import PersonId

QUIET = timedelta(days=1)
"""Between two letters about the same."""


class Guessing(Aggregate, name="guessing"):
    """What was tried at one thing of an organization. Its id says at which, and of a client at which one."""

    told_at: datetime | None = None
    times: int = 0

    def notice(self, at: GuessedAt, client_id: str, admins: Sequence[str], now: datetime) -> list[Event]:
        """Have the admins told, unless there are none, or they were told of the same within the day."""
        if not admins or (self.told_at is not None and now < self.told_at + QUIET):
            return []
        self.told_at, self.times = now, self.times + 1
        noticed = GuessingNoticed(
            guessing_id=self.id,
            guessed_at=at,
            client_id=client_id,
            admins=tuple(map(PersonId, admins)),
            times=self.times,
        )
        return [noticed]
