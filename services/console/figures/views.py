"""What pages read of figures."""

from collections.abc import Sequence
from datetime import datetime

from services.console.api import Shown


class Kpi(Shown):
    """A figure."""

    name: str
    title: str
    formula: str
    unit: str
    value: float | None
    text: str
    numerator: int | None
    denominator: int
    interval: tuple[float, float] | None = None
    events: str | None

    @property
    def is_share(self) -> bool:
        """Whether it is a part of a whole."""
        return self.unit == "%"


class Kpis(Shown):
    """All figures at a moment."""

    as_of: datetime
    items: Sequence[Kpi]


class Mark(Shown):
    """An event behind a figure."""

    event_id: str
    type: str
    at: datetime
