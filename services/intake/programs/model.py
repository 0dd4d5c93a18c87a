"""A mentoring program, from its draft until it takes applications."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel

from shared.contracts.event import Event
from shared.contracts.intake import ProgramPublished, ProgramRules
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import NotFound, Refusal
from shared.ids import ProgramId

DAYS_PER_MONTH = 30


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
    """Only a draft can be changed, and published."""


class Lack(BaseModel):
    """What a draft lacks before it can be published: `field` is a JSON Pointer into it."""

    field: str
    detail: str


class ProgramIncomplete(Refusal):
    """A program is published once nothing of it is missing: `errors` say what is."""

    status = 422

    def __init__(self, lacks: Sequence[Lack]) -> None:
        super().__init__(
            f"{len(lacks)} of its settings have to be put right first.", errors=[one.model_dump() for one in lacks]
        )


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

    def design(self, changes: Mapping[str, Any]) -> None:
        """Change what the draft says; raises `ProgramNotDraft`."""
        if self.status is not ProgramStatus.DRAFT:
            raise ProgramNotDraft(f"The program is {self.status} already: people have applied to it as it is.")
        said = {"title": self.title, "cadence": self.cadence, "months": self.months, "rules": self.rules, **changes}
        self.draft(**said)

    @property
    def lacks(self) -> list[Lack]:
        """What is to be put right before the draft can be published."""
        if self.status is not ProgramStatus.DRAFT:
            return []
        days = self.months * DAYS_PER_MONTH
        found = [] if self.title else [Lack(field="/title", detail="People have to see what it is called.")]
        for name, what in (("first_session_days", "The first session"), ("nothing_booked_days", "The first warning")):
            if (late := getattr(self.rules, name)) > days:
                over = f"{what} is due on day {late}, and the program lasts {days} days."
                found.append(Lack(field=f"/rules/{name}", detail=over))
        return found

    def publish(self) -> list[Event]:
        """Open it for applications; raises `ProgramNotDraft`, `ProgramIncomplete`."""
        if self.status is not ProgramStatus.DRAFT:
            raise ProgramNotDraft(f"The program is {self.status} already: there is nothing to publish.")
        if self.lacks:
            raise ProgramIncomplete(self.lacks)
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
