"""What may be asked of a run."""

from typing import Annotated

from services.matching.pool.model.program_rules import Program
from services.matching.runs.computation import SolveMatching
from services.matching.runs.model.run import MatchRun
from services.matching.runs.model.run_settings import RunSettings
from services.matching.runs.reactions import leave_next, propose_next
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import staff
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, require
from shared.ids import MatchRunId, ProgramId

run_commands = Handlers()


class RequestMatchRun(RunSettings, extra="forbid"):
    """Match the pool of a program: everybody who wants a match and is not being asked about one."""

    program_id: ProgramId

    def settings(self, minimum_score: float) -> RunSettings:
        """How it is to be matched: with no lower score than the program's minimum."""
        least = max(minimum_score, self.minimum_score)
        return RunSettings(**self.model_dump(exclude={"program_id", "minimum_score"}), minimum_score=least)


class CancelRun(Command):
    """Cancel a run that is still being computed."""

    run_id: MatchRunId


class PublishRun(Command):
    """Propose the pairs that a run has found, as far as they are still possible."""

    run_id: MatchRunId


class DiscardRun(Command):
    """Discard a run: nothing that it has found is proposed."""

    run_id: MatchRunId


STAFF = staff("run.program_id", "matching:write")

ThisRun = Annotated[MatchRun, require("run_id")]


@run_commands.post("/programs/{program_id}/runs", status=201, allow=staff("program_id", "matching:write"))
def request_match_run(
    command: RequestMatchRun,
    run: Annotated[MatchRun, create()],
    program: Annotated[Program, require("program_id")],
    ctx: Context,
) -> None:
    """Request a run over the pool of a program that exists; it is computed in the background."""
    settings = command.settings(program.rules.minimum_score)
    ctx.emit(run.request(command.program_id, settings, at=ctx.now))
    ctx.perform(SolveMatching(run_id=MatchRunId(run.id), program_id=command.program_id), id=f"solve/{run.id}")


@run_commands.post("/runs/{run_id}/cancel", allow=STAFF)
def cancel_run(_: CancelRun, run: ThisRun, ctx: Context) -> None:
    """Cancel a run: its computation ends within seconds, and makes room for the next one."""
    run.cancel(at=ctx.now)


@run_commands.post("/runs/{run_id}/publish", allow=STAFF)
def publish_run(_: PublishRun, run: ThisRun, ctx: Context) -> None:
    """Publish a run: its pairs are proposed, and those who are left over are told that they wait, slice by slice."""
    run.publish()
    propose_next(run, ctx)
    leave_next(run, ctx)


@run_commands.post("/runs/{run_id}/discard", allow=STAFF)
def discard_run(_: DiscardRun, run: ThisRun) -> None:
    """Discard a run; it stays readable with its record."""
    run.discard()
