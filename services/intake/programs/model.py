"""A mentoring program, from its draft until it takes applications."""

from enum import StrEnum
from typing import ClassVar

from shared.contracts.event import Event
from shared.contracts.intake import ProgramPublished, ProgramRules
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import NotFound, Refusal
from shared.ids import ProgramId


class ProgramStatus(StrEnum):
    """The states of a program."""

    DRAFT = "draft"
    OPEN = "open"


class Cadence(StrEnum):
    """How often a pair meets."""

    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    MONTHLY = "monthly"


class Rules(ProgramRules, extra="allow"):
    """The rules as they are stored; rules that this version does not know are kept."""


class ProgramNotDraft(Refusal):
    """Only a draft can be published."""


class ProgramNotOpen(Refusal):
    """A program takes applications only while it is open."""


class Program(Aggregate, name="program"):
    """One mentoring program of an organization. `months` is how long a relationship lasts."""

    indexes: ClassVar = (("status",),)

    title: str = ""
    cadence: Cadence = Cadence.MONTHLY
    months: int = 6
    rules: Rules = Rules()
    status: ProgramStatus = ProgramStatus.DRAFT

    def draft(self, title: str, cadence: Cadence, months: int, rules: ProgramRules) -> None:
        """Draft the program; nobody else hears of it before it is published."""
        self.title, self.cadence, self.months = title, cadence, months
        self.rules = Rules(**rules.model_dump())

    def publish(self) -> list[Event]:
        """Open it for applications."""
        if self.status is not ProgramStatus.DRAFT:
            raise ProgramNotDraft(f"The program is {self.status} already: there is nothing to publish.")
        self.status = ProgramStatus.OPEN
        return [
            ProgramPublished(
                program_id=ProgramId(self.id),
                title=self.title,
                cadence=self.cadence,
                months=self.months,
                rules=self.rules,
            )
        ]


def check_open(program: Program | None, program_id: str) -> None:
    """Refuse an application to a program that does not exist, or takes none."""
    if program is None:
        raise NotFound.of("program", program_id)
    if program.status is not ProgramStatus.OPEN:
        raise ProgramNotOpen(f"The program is {program.status}: it takes applications once it is published.")
