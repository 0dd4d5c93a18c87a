"""Commands about programs."""

from typing import Annotated

from pydantic import AfterValidator, Field

from services.intake.fields import Id, Name
from services.intake.programs.model import Cadence, Program
from shared.contracts.intake import PROFILE_FACTS, ProgramRules
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import ADMIN, OPERATOR, Scope, staff
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, require

commands = Handlers()


def _shows_facts(rules: ProgramRules) -> ProgramRules:
    if unknown := sorted({*rules.shown_facts} - {*PROFILE_FACTS}):
        raise ValueError(f"shown_facts: {unknown[0][:40]!r} is none of {', '.join(PROFILE_FACTS)}")
    return rules


class CreateProgram(Command):
    """Draft a program."""

    title: Name = Field(description="As people see it")
    cadence: Cadence = Field(Cadence.MONTHLY, description="How often a pair meets")
    months: int = Field(6, ge=1, le=60, description="How long a relationship lasts")
    rules: Annotated[ProgramRules, AfterValidator(_shows_facts)] = Field(
        ProgramRules(), description="Settings that all services follow"
    )


class PublishProgram(Command):
    """Open a program for applications."""

    program_id: Id


@commands.post("/programs", status=201, allow=(OPERATOR, ADMIN, Scope("intake:write")))
def create_program(command: CreateProgram, program: Annotated[Program, create()]) -> None:
    """Draft a program."""
    program.draft(command.title, command.cadence, command.months, command.rules)


@commands.post("/programs/{program_id}/publish", allow=staff("program_id", "intake:write"))
def publish_program(_: PublishProgram, program: Annotated[Program, require("program_id")], ctx: Context) -> None:
    """Open a program for applications."""
    ctx.emit(*program.publish())
