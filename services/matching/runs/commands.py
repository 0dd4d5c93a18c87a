"""What may be asked of a run."""

from pydantic import BaseModel, ConfigDict

from services.matching.pool.model.program_rules import ProgramCopy
from services.matching.runs.computation import SolveMatching
from services.matching.runs.model.run import MatchRun
from services.matching.runs.model.run_settings import RunSettings
from services.matching.runs.reactions import propose_next
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import CLIENTS, OPERATORS, Handlers
from shared.engine.authoring.loads import create, require
from shared.ids import MatchRunId, ProgramId

run_commands = Handlers()


class RequestMatchRun(RunSettings, extra="forbid"):
    """Have the program's pool matched: those who want somebody and are not asked about one."""

    program_id: ProgramId

    @property
    def settings(self) -> RunSettings:
        """How it is to be matched."""
        return RunSettings(**self.model_dump(exclude={"program_id"}))


class CancelRun(BaseModel):
    """Have a run computed no further."""

    model_config = ConfigDict(extra="forbid")

    run_id: MatchRunId


class PublishRun(BaseModel):
    """Propose what a run has found, as far as it is still possible."""

    model_config = ConfigDict(extra="forbid")

    run_id: MatchRunId


class DiscardRun(BaseModel):
    """Propose nothing of what a run has found."""

    model_config = ConfigDict(extra="forbid")

    run_id: MatchRunId


@run_commands.post(
    "/programs/{program_id}/runs",
    loads={"run": create(MatchRun), "program": require(ProgramCopy, "program_id")},
    status=201,
    allow=(CLIENTS, OPERATORS),
)
def request_match_run(command: RequestMatchRun, run: MatchRun, program: ProgramCopy, ctx: Context) -> None:
    """The computation is done in the background."""
    ctx.emit(run.request(command.program_id, command.settings, at=ctx.now))
    ctx.perform(SolveMatching(run_id=MatchRunId(run.id), program_id=command.program_id), id=f"solve/{run.id}")


@run_commands.post("/runs/{run_id}/cancel", loads={"run": require(MatchRun, "run_id")}, allow=(CLIENTS, OPERATORS))
def cancel_run(_: CancelRun, run: MatchRun, ctx: Context) -> None:
    """The computation ends within seconds, and makes room for the next one."""
    run.cancel(at=ctx.now)


@run_commands.post("/runs/{run_id}/publish", loads={"run": require(MatchRun, "run_id")}, allow=(CLIENTS, OPERATORS))
def publish_run(_: PublishRun, run: MatchRun, ctx: Context) -> None:
    """The matches are proposed slice by slice."""
    run.publish()
    propose_next(run, ctx)


@run_commands.post("/runs/{run_id}/discard", loads={"run": require(MatchRun, "run_id")}, allow=(CLIENTS, OPERATORS))
def discard_run(_: DiscardRun, run: MatchRun) -> None:
    """The run and its record stay readable."""
    run.discard()
