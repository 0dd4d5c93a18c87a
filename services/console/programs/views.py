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
