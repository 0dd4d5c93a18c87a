"""`ithaca topics`: what is on the broker beside what should be; and more partitions."""

from functools import partial
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from deploy.operate.answers import Growth, Listed, Topic
from deploy.operate.asking import AsJson, Chosen, Services, operate
from deploy.operate.listing import Found, show_list
from deploy.operate.progress import Stage, watch

app = typer.Typer(
    help="Show the topics of each service: what should be, what is, and how they differ.",
    epilog="Example: ithaca topics grow matching 24",
    add_completion=False,
    invoke_without_command=True,
)


@app.callback()
def topics(context: typer.Context, chosen: Chosen, as_json: AsJson = False) -> None:
    """Show the topics of each service: what should be, what is, and how they differ."""
    if context.invoked_subcommand is None:
        operate(chosen, partial(_show, as_json=as_json))


@app.command(epilog="Example: ithaca topics grow matching 24")
def grow(
    chosen: Chosen,
    service: Annotated[str, typer.Argument(help="Whose topic.")],
    partitions: Annotated[int, typer.Argument(min=1, help="How many it is to have; never fewer than now.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before.")] = False,
) -> None:
    """Give a service's topic more partitions. Its events wait in the outbox until all consumers have read the rest."""
    operate(chosen, partial(_grow, service=service, partitions=partitions, is_confirmed=yes))


async def _show(services: Services, as_json: bool) -> int:
    async def of(service: str) -> list[Topic]:
        return (await services.get(service, "/topics", Listed[Topic])).items

    return await show_list(services, of, _lines, nothing="There is no topic.", as_json=as_json)


def _lines(found: Found[Topic]) -> list[RenderableType]:
    """Each topic once, with the services that publish or read it."""
    table = Table("topic", "partitions", "kept", "services", box=None, header_style="dim", pad_edge=False)
    topics = {topic.name: topic for _, topic in found}
    for name, topic in sorted(topics.items()):
        kept = "last of a key" if topic.compacted else "for a time"
        services = ", ".join(service for service, other in found if other.name == name)
        table.add_row(name, _partitions(topic), kept, services)
    differences = [f"▲ {name}: {each}" for name, topic in sorted(topics.items()) for each in topic.differences]
    return [table, *(Text(each, "yellow") for each in differences)]


def _partitions(topic: Topic) -> str:
    if topic.found_partitions == topic.partitions:
        return str(topic.partitions)
    return f"{'none' if topic.found_partitions is None else topic.found_partitions}, not {topic.partitions}"


async def _grow(services: Services, service: str, partitions: int, is_confirmed: bool) -> int:
    services.check(service)
    if not is_confirmed:
        typer.confirm(
            f"Give the topic of {service} {partitions} partitions? They can never be fewer again.", abort=True
        )
    begun = await services.post(service, "/topics/grow", Growth, {"partitions": partitions})

    async def look() -> Stage:
        return _stage(await services.get(service, "/topics/grow", Growth))

    return await watch(_stage(begun), look, f"Come back with: ithaca topics grow {service} {partitions} --yes")


def _stage(growth: Growth) -> Stage:
    is_over = growth.state in ("done", "failed")
    return Stage(growth.sentence, is_over, problem=growth.sentence if growth.state == "failed" else None)
