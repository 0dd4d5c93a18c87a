"""Everything that one command has caused, in all services, as a tree with times."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import typer
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from deploy.operate.answers import Event
from deploy.operate.client import PAGE, Services, Unanswered
from deploy.operate.figures import milliseconds
from deploy.operate.flow import Flow, latest, merged
from deploy.operate.lines import bare, colored, short_id, short_subject
from shared.clock import rfc3339

LATEST = 4102444800000
"""No id is from later than this, in milliseconds since the epoch: the year 2100."""

SOON = timedelta(minutes=1)
"""How long after a command its first event is looked for; and before, since clocks differ."""

Found = list[tuple[str, Event]]


async def show_trace(services: Services, id: str, as_json: bool) -> int:
    """Draw it; returns 1 if a service did not answer. Raises Unanswered if nothing has this id."""
    flows = await _caused_by(services, id)
    found = [pair async for pair in merged(flows)]
    if as_json:
        typer.echo(json.dumps([{"service": service, **event.model_dump(mode="json")} for service, event in found]))
    else:
        Console(highlight=False).print(tree(found))
    problems = dict.fromkeys(str(flow.problem) for flow in flows if flow.problem)
    for sentence in problems:
        typer.echo(f"Its events are not shown: {sentence}", err=True)
    return int(bool(problems))


async def _caused_by(services: Services, id: str) -> list[Flow]:
    """The flows of what belongs together with the id, their first pages ready."""
    flows = await _correlated(services, id)
    if not _is_any(flows) and (correlation := await _correlation(services, id)):
        flows = await _correlated(services, correlation)
    if not _is_any(flows):
        unasked = "".join(f"\n{flow.problem}" for flow in flows if flow.problem)
        raise Unanswered(
            f"There is no event, command or correlation {id}: `ithaca events` shows what there is.{unasked}"
        )
    return flows


async def _correlated(services: Services, correlation: str) -> list[Flow]:
    flows = [Flow(services, name, {"correlation": correlation}) for name in services.names]
    await asyncio.gather(*(flow.fill() for flow in flows))
    return flows


def _is_any(flows: Iterable[Flow]) -> bool:
    return any(flow.ready for flow in flows)


async def _correlation(services: Services, id: str) -> str | None:
    """The correlation id of an event with this id, or of one that was caused by it; the id's end is enough."""
    for filters in _windows(id):
        flows = [Flow(services, name, filters) for name in services.names]
        for _, event in await latest(flows, PAGE * len(flows)):
            if any(each.endswith(id) for each in (event.id, event.causationid, event.correlationid)):
                return event.correlationid
    return None


def _windows(id: str) -> list[dict[str, str | int | None]]:
    """Where to look: whole ids say their time, for the end of one there are the latest events."""
    try:
        milliseconds = UUID(id).int >> 80
    except ValueError:
        return [{}]
    began = datetime.fromtimestamp(min(milliseconds, LATEST) / 1000, UTC)
    return [{"event": id}, {"since": rfc3339(began - SOON), "until": rfc3339(began + SOON)}]


def tree(found: Found) -> Tree:
    """What caused what, with the time since the first event."""
    began, ids = found[0][1].time, {event.id for _, event in found}
    caused = defaultdict[str, Found](list)
    for service, event in found:
        caused[event.causationid].append((service, event))
    root = Tree(_heading(found), guide_style="dim")
    for cause in [cause for cause in caused if cause not in ids]:
        _grow(root.add(_origin(cause, found[0][1].correlationid)), caused, cause, began)
    return root


def _grow(branch: Tree, caused: Mapping[str, Found], cause: str, began: datetime) -> None:
    for service, event in caused.get(cause, ()):
        _grow(branch.add(_label(service, event, began)), caused, event.id, began)


def _heading(found: Found) -> Text:
    first = found[0][1]
    return Text.assemble(
        (f"{len(found)} event{'s' * (len(found) > 1)}", "bold"),
        f" of {first.tenant} since {rfc3339(first.time)}, correlation {first.correlationid}",
    )


def _origin(cause: str, correlation: str) -> Text:
    kind = "command" if cause == correlation else "command, timer or outcome"
    return Text.assemble((f"{kind} ", "bold"), cause)


def _label(service: str, event: Event, began: datetime) -> Text:
    after = (event.time - began).total_seconds() * 1000
    return Text.assemble(
        (f"{'-' if after < 0 else '+'}{milliseconds(abs(after))} ", "dim"),
        colored(service, f"{service} "),
        (f"{bare(event.type)} ", "bold"),
        f"{short_subject(event.subject)} ",
        (short_id(event.id), "dim"),
    )
