"""What pages read of a program and of all that counts in it."""

import re
from collections.abc import Sequence
from datetime import datetime

from services.console.api import FieldProblem, Naming, Shown
from services.console.relationships.views import OfMembers


class Program(Shown):
    """A program."""

    id: str
    version: int
    title: str
    cadence: str
    months: int
    status: str
    lacks: Sequence[FieldProblem] = ()


class Applicant(Naming):
    """An application, as far as it is counted."""

    id: str
    person_id: str
    role: str
    status: str
    submitted_at: datetime | None = None
    is_paused: bool = False


class Risk(OfMembers):
    """A relationship that may need help."""

    id: str
    relationship_id: str
    rule: str
    raised_at: datetime

    @property
    def days_without_booking(self) -> int | None:
        """For how many days nothing was booked, if it is at risk for that."""
        found = re.fullmatch(r"nothing_booked_(\d+)_days", self.rule)
        return int(found[1]) if found else None


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
    events: str | None = None


class Kpis(Shown):
    """All figures at a moment."""

    as_of: datetime
    items: Sequence[Kpi]
