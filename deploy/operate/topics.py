"""`ithaca topics`: what is on the broker beside what should be; and more partitions."""

from functools import partial
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from deploy.operate.answers import Growth, Listed, Topic, TopicGap
from deploy.operate.client import Services
from deploy.operate.command import AsJson, Chosen, operate
from deploy.operate.figures import on_day
from deploy.operate.known_words import complete_service
from deploy.operate.lists import Found, show_list
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
    service: Annotated[str, typer.Argument(autocompletion=complete_service, help="Whose topic.")],
    partitions: Annotated[int, typer.Argument(min=1, help="How many it is to have; never fewer than now.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before.")] = False,
) -> None:
    """Give a service's topic more partitions. Its events wait in the outbox until all consumers have read the rest."""
    operate(chosen, partial(_grow, service=service, partitions=partitions, is_confirmed=yes))


@app.command(epilog="Example: ithaca topics gaps --service matching")
def gaps(chosen: Chosen, as_json: AsJson = False) -> None:
    """Show what is missing in topics: records that a service has not read and that are there no more."""
    operate(chosen, partial(_gaps, as_json=as_json))


Reader = Annotated[
    str,
    typer.Argument(metavar="SERVICE", autocompletion=complete_service, help="Which service lacks the records."),
]
Lacking = Annotated[str, typer.Argument(metavar="TOPIC", help="The whole name of the topic.")]


@app.command(epilog="Example: ithaca topics repair matching garden.intake")
def repair(chosen: Chosen, service: Reader, topic: Lacking) -> None:
    """Ask the publishers of a topic once more for what a service lacks of it."""
    operate(chosen, partial(_decide, service=service, path="/gaps/repair", body={"topic": topic}))


@app.command(epilog="Example: ithaca topics skip matching garden.intake --partition 3")
def skip(
    chosen: Chosen,
    service: Reader,
    topic: Lacking,
    partition: Annotated[int | None, typer.Option(help="Only this partition.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before.")] = False,
) -> None:
    """Go on without what a service lacks of a topic. What has not come is lost to it; the audit keeps what it was."""
    if not yes:
        typer.confirm(f"Let {service} go on in {topic} without the records that are missing?", abort=True)
    body = {"topic": topic, "partition": partition}
    operate(chosen, partial(_decide, service=service, path="/gaps/skip", body=body))


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


async def _gaps(services: Services, as_json: bool) -> int:
    async def of(service: str) -> list[TopicGap]:
        return (await services.get(service, "/gaps", Listed[TopicGap])).items

    return await show_list(services, of, _gap_lines, nothing="Nothing is missing in any topic.", as_json=as_json)


def _gap_lines(found: Found[TopicGap]) -> list[RenderableType]:
    table = Table(*("service", "topic", "partition", "offsets", "published (UTC)", "why"), box=None, header_style="dim")
    for service, gap in found:
        for one in gap.partitions:
            until = "on" if one.next is None else f"to {one.next - 1}"
            since = on_day(one.since) if one.since else "?"
            offsets, published = f"{one.first} {until}", f"{since} - {on_day(one.found_at)}"
            table.add_row(service, gap.topic, str(one.partition), offsets, published, one.reason)
    return [table, *(Text(f"▲ {service}: {gap.error}", "yellow") for service, gap in found if gap.error)]


async def _decide(services: Services, service: str, path: str, body: object) -> int:
    services.check(service)
    left = await services.post(service, path, Listed[TopicGap], body)
    for gap in left.items:
        typer.echo(f"{gap.topic}: {gap.error or 'its publishers are asked for what is missing'}")
    if not left.items:
        typer.echo(f"{service} lacks nothing any more.")
    return 0
