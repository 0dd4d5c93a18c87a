"""`ithaca rebuild`: a read model made anew from the journal, while events flow."""

from functools import partial
from typing import Annotated
from urllib.parse import quote

import typer
from rich.table import Table

from deploy.operate.answers import Listed, Model
from deploy.operate.client import Services
from deploy.operate.command import AsJson, Chosen, operate
from deploy.operate.figures import counted, on_day
from deploy.operate.known_words import complete_service
from deploy.operate.lists import Found, show_list
from deploy.operate.progress import Stage, watch

PHASES = {"replaying": "takes the journal", "catching-up": "catches up with what came meanwhile"}

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: ithaca rebuild evaluation facts")
def rebuild(
    chosen: Chosen,
    service: Annotated[
        str, typer.Argument(autocompletion=complete_service, help="Whose read model; without it, all are listed.")
    ] = "",
    model: Annotated[str, typer.Argument(help="Which one; without it, those of the service are listed.")] = "",
    abandon: Annotated[bool, typer.Option("--abandon", help="Give up the one that is being built.")] = False,
    as_json: AsJson = False,
) -> None:
    """Build a read model anew; readers see the old one until the new one has all events. Or list them.

    The same command again comes back to a rebuild that goes on.
    """
    if not model:
        operate([*chosen, service] if service else chosen, partial(_list, as_json=as_json))
    operate(chosen, partial(_abandon if abandon else _rebuild, service=service, model=model))


async def _list(services: Services, as_json: bool) -> int:
    return await show_list(
        services,
        partial(_models, services),
        lambda found: [_table(found)],
        nothing="There is no read model.",
        as_json=as_json,
    )


async def _models(services: Services, service: str) -> list[Model]:
    return (await services.get(service, "/models", Listed[Model])).items


def _table(found: Found[Model]) -> Table:
    table = Table("service", "model", "generation", "state", "switched (UTC)", box=None, header_style="dim")
    for service, model in found:
        switched = on_day(model.switched_at) if model.switched_at else "never rebuilt"
        table.add_row(service, model.name, str(model.generation), model.error or model.phase or model.state, switched)
    return table


async def _rebuild(services: Services, service: str, model: str) -> int:
    services.check(service)
    begun = await services.post(service, f"/models/{quote(model, safe='')}/rebuild", Model)

    async def look() -> Stage:
        found = {each.name: each for each in await _models(services, service)}
        return _stage(found[begun.name])

    return await watch(_stage(begun), look, f"Come back with: ithaca rebuild {service} {model}")


async def _abandon(services: Services, service: str, model: str) -> int:
    services.check(service)
    left = await services.post(service, f"/models/{quote(model, safe='')}/abandon", Model)
    typer.echo(f"{left.name} stays at generation {left.generation}.")
    return 0


def _stage(model: Model) -> Stage:
    if model.state == "rebuilding":
        doing = PHASES.get(model.phase or "", "goes on")
        return Stage(f"{model.name} {doing}", False, model.done, model.expected)
    problem = (model.error or "its state says no more") if model.state == "failed" else None
    sentence = f"{model.name} is read at generation {model.generation}; events: {counted(model.done)}"
    return Stage(sentence, True, model.done, model.expected, problem)
