"""What pages read of a program that is designed."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.console.api import FieldProblem, Shown


class Draft(Shown):
    """A program with its settings, and what it lacks before it can be published."""

    id: str
    title: str
    cadence: str
    months: int
    status: str
    rules: Mapping[str, Any]  # numbers, and lists of numbers or names
    lacks: Sequence[FieldProblem] = ()

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.status == "draft"
