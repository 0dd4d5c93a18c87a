"""Read models, and building them anew while events flow."""

from typing import Literal

from pydantic import BaseModel

from shared.engine.authoring.grants import OPERATOR
from shared.engine.consuming import rebuilds
from shared.engine.consuming.read_models import ReadModels, read_models
from shared.engine.ports.store import Change, Conflict, Document, Insert, Replace
from shared.errors import NotFound, Refusal
from shared.web.admin.access import CurrentOperator, Operator
from shared.web.admin.lists import Moment
from shared.web.routes import Routes
from shared.web.trail.shown import NOBODY

routes = Routes(allow=(OPERATOR,), shows=NOBODY)


class NotRebuilding(Refusal):
    """There is nothing to abandon."""


class ModelView(BaseModel):
    """A read model. `generation` is what readers see, `building` what is being built beside it.

    A rebuild first replays the journals of all services whose events the model follows, `done` of `expected` events;
    then it catches up with what came meanwhile; then readers are switched. `position` says up to where each journal was
    replayed (`<service>/<shard>`): what came later came by itself.
    """

    name: str
    generation: int
    building: int | None
    state: Literal["live", "rebuilding", "failed"]
    phase: Literal["replaying", "catching-up"] | None
    done: int
    expected: int | None
    error: str | None
    switched_at: Moment | None
    position: dict[str, int] | None


class ModelsView(BaseModel):
    """All read models of a service."""

    items: list[ModelView]


@routes.get("/models")
async def list_models(operator: CurrentOperator) -> ModelsView:
    """The read models of this service, and how far their rebuilds are."""
    names = sorted(read_models(operator.engine.service))
    states = await ReadModels(operator.engine.store).states(names)
    rows = await operator.engine.store.get(rebuilds.COLLECTION, names)
    return ModelsView(items=[_view(states[name], rows.get(name)) for name in names])


@routes.post("/models/{name}/rebuild", status_code=202)
async def rebuild_model(operator: CurrentOperator, name: str) -> ModelView:
    """Build a read model anew, beside the one that readers see, while events flow.

    It continues whatever process ends; asking again while it runs returns the one that runs. One that has failed
    begins from the start.
    """
    row = await _row(operator, name)
    if row is None or row["state"] not in ("running", "abandoning"):
        executor = operator.engine.executor
        new = rebuilds.job(name, f"{operator.engine.service.name}.{name}.{executor.new_id()}", executor.clock())
        match = {"state": row["state"], "name": row["name"]} if row else {}
        begin = Replace(rebuilds.COLLECTION, name, match, new) if row else Insert(rebuilds.COLLECTION, new)
        await _write(operator, begin, "models.rebuild", name)
    return await _shown(operator, name)


@routes.post("/models/{name}/abandon")
async def abandon_rebuild(operator: CurrentOperator, name: str) -> ModelView:
    """Give a rebuild up, and remove what it has built; the model stays as readers see it."""
    row = await _row(operator, name)
    if row is None or row["state"] not in ("running", "failed") or row["switched_at"]:
        raise NotRebuilding(f"{name} is not being rebuilt: there is nothing to abandon.")
    match = {"state": row["state"], "name": row["name"]}
    await _write(operator, Change(rebuilds.COLLECTION, name, match, {"state": "abandoning"}), "models.abandon", name)
    return await _shown(operator, name)


async def _row(operator: Operator, name: str) -> Document | None:
    """The last rebuild of a model; raises `NotFound`."""
    models = read_models(operator.engine.service)
    if name not in models:
        raise NotFound(f"There is no read model {name}, but: {', '.join(sorted(models)) or 'none at all'}.")
    return (await operator.engine.store.get(rebuilds.COLLECTION, [name])).get(name)


async def _write(operator: Operator, write: Insert | Replace | Change, action: str, name: str) -> None:
    """Do it, unless another operator was faster: what is so then is shown."""
    try:
        await operator.engine.store.transact([write, operator.line(action, name)])
    except Conflict:
        return


async def _shown(operator: Operator, name: str) -> ModelView:
    states = await ReadModels(operator.engine.store).states([name])
    return _view(states[name], await _row(operator, name))


def _view(state: Document, row: Document | None) -> ModelView:
    view = ModelView(
        name=state["_id"],
        generation=state["live"],
        building=state["building"] or None,
        state="live",
        phase=None,
        done=0,
        expected=None,
        error=None,
        switched_at=None,
        position=None,
    )
    return view if row is None else view.model_copy(update=_rebuild(row))


def _rebuild(row: Document) -> dict[str, object]:
    """What the last rebuild tells of its model."""
    shown = {"running": "rebuilding", "abandoning": "rebuilding", "failed": "failed"}.get(row["state"], "live")
    return {
        "state": shown,
        "phase": row["phase"] if shown == "rebuilding" else None,
        "done": rebuilds.done(row),
        "expected": rebuilds.expected(row),
        "error": row["error"] or None,
        "switched_at": row["switched_at"],
        "position": row["position"],
    }
