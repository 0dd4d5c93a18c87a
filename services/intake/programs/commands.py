"""Commands about programs."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from services.intake.fields import Id, Name
from services.intake.programs.model import Cadence, Program
from shared.contracts.intake import PROFILE_FACTS, ProgramRules
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import ADMIN, OPERATOR, Scope, staff
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, require
from shared.text import checked_name

commands = Handlers()


def _shows_facts(rules: ProgramRules) -> ProgramRules:
    if unknown := sorted({*rules.shown_facts} - {*PROFILE_FACTS}):
        raise ValueError(f"shown_facts: {unknown[0][:40]!r} is none of {', '.join(PROFILE_FACTS)}")
    return rules


def _name_or_nothing(text: str) -> str:
    return checked_name(text) if text else text


Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_name_or_nothing)]


class CreateProgram(Command):
    """Draft a program."""

    title: Name = Field(description="As people see it")
    cadence: Cadence = Field(Cadence.MONTHLY, description="How often a pair meets")
    months: int = Field(6, ge=1, le=60, description="How long a relationship lasts")
    rules: Annotated[ProgramRules, AfterValidator(_shows_facts)] = Field(
        ProgramRules(), description="Settings that all services follow"
    )


class DesignProgram(Command):
    """Change a draft; what is left out stays as it is."""

    program_id: Id
    title: Title | None = Field(None, description="As people see it; a draft may lack it for a while")
    cadence: Cadence | None = Field(None, description="How often a pair meets")
    months: int | None = Field(None, ge=1, le=60, description="How long a relationship lasts")
    rules: Annotated[ProgramRules, AfterValidator(_shows_facts)] | None = Field(
        None, description="Settings that all services follow: all of them, as they are to be"
    )

    @property
    def changes(self) -> dict[str, Any]:
        """What it says of the draft."""
        said = {name: getattr(self, name) for name in ("title", "cadence", "months", "rules")}
        return {name: value for name, value in said.items() if value is not None}


class PublishProgram(Command):
    """Open a program for applications."""

    program_id: Id


@commands.post("/programs", status=201, allow=(OPERATOR, ADMIN, Scope("intake:write")))
def create_program(command: CreateProgram, program: Annotated[Program, create()]) -> None:
    """Draft a program."""
    program.draft(command.title, command.cadence, command.months, command.rules)


@commands.post("/programs/{program_id}/design", allow=staff("program_id", "intake:write"))
def design_program(command: DesignProgram, program: Annotated[Program, require("program_id")]) -> None:
    """Change a draft; what is published stays as it is, for people have applied to it."""
    program.design(command.changes)


@commands.post("/programs/{program_id}/publish", allow=staff("program_id", "intake:write"))
def publish_program(_: PublishProgram, program: Annotated[Program, require("program_id")], ctx: Context) -> None:
    """Open a program for applications, once nothing of it is missing."""
    ctx.emit(*program.publish())
