"""How long somebody has waited for a match, and how often they were told so."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from services.matching.pool.model.unmatched_codes import Unmatchable

MONTH = timedelta(days=30)
"""How often somebody who waits is told so, and is looked for, at most and at least."""


class Wait(BaseModel):
    """Why somebody has no match, and `since` when; None once they have had one.

    They were told so often, the last time at `told_at`; the next look is at `look_at`.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    reason: str = ""
    figures: Mapping[str, int] = {}
    since: datetime | None = None
    told: int = 0
    told_at: datetime | None = None
    look_at: datetime | None = None

    def is_to_be_told(self, at: datetime) -> bool:
        """Whether they were not told for so long."""
        return self.told_at is None or at >= self.told_at + MONTH

    def go_on(self, why: Unmatchable, at: datetime, look_by: datetime | None) -> "Wait":
        """Wait, and be told if it is time; the next look is in `MONTH`, or as early as at `look_by`."""
        is_told = self.is_to_be_told(at)
        told_at = at if is_told else self.told_at or at
        return Wait(
            reason=why.code,
            figures=dict(why.figures),
            since=self.since or at,
            told=self.told + is_told,
            told_at=told_at,
            look_at=min(told_at + MONTH, look_by or told_at + MONTH),
        )
