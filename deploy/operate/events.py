"""`ithaca events`: what has happened, as it flows; and everything that one command has caused."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import typer
from rich.console import Console

from deploy.operate.answers import Event
from deploy.operate.client import Services
from deploy.operate.command import AsJson, Chosen, Tenant, operate
from deploy.operate.figures import past
from deploy.operate.flow import Flow, latest, merged
from deploy.operate.known_words import checked_type, complete_type
from deploy.operate.lines import Lines
from deploy.operate.trace import show_trace

PERIOD = 1.0
"""Seconds between two looks for new events."""

app = typer.Typer(add_completion=False)

Since = Annotated[
    str, typer.Option(metavar="TIME", callback=past, help="So long ago (10m, 2h, 7d), or 2026-01-31T12:00Z.")
]


@app.command(epilog="Example: ithaca events --follow --type 'Match*'")
def events(
    chosen: Chosen,
    tenant: Tenant = "",
    type: Annotated[
        str,
        typer.Option(
            autocompletion=complete_type,
            callback=checked_type,
            help="Only of this type: MatchAccepted, or Match* for all that begin so.",
        ),
    ] = "",
    since: Since = "",
    follow: Annotated[bool, typer.Option("--follow", help="Go on with those that come, until Ctrl-C.")] = False,
    full: Annotated[bool, typer.Option("--full", help="With all attributes and data.")] = False,
    trace: Annotated[
        str,
        typer.Option(
            metavar="ID",
            help="All that one command has caused, as a tree: its id, a correlation id, an event's id or its end.",
        ),
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=500, help="Without --since: so many of the latest.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Show events of all services in order of time: when, whose, from where, what, about what, and the end of its id.

    Outside a terminal, times, types and ids are whole. With --json, each event is a line.
    """
    if trace:
        operate(chosen, partial(show_trace, id=trace, as_json=as_json))
    filters = {"tenant": tenant, "type": type, "since": since}
    shown = Shown(filters, limit, follow, as_json, Lines(Console(highlight=False), full))
    operate(chosen, shown.run, interrupted=0)


@dataclass(slots=True)
class Shown:
    """Which events are shown, and how."""

    filters: Mapping[str, str | None]
    limit: int
    is_followed: bool
    as_json: bool
    lines: Lines

    async def run(self, services: Services) -> int:
        """Show them; returns 1 if a service did not tell its own."""
        if self.filters["since"]:
            flows = [Flow(services, name, self.filters) for name in services.names]
            async for service, event in merged(flows):
                self._show(service, event)
        else:
            flows = [Flow(services, name, self.filters, self.limit) for name in services.names]
            for service, event in await latest(flows, self.limit):
                self._show(service, event)
        problems = {flow.service: str(flow.problem) for flow in flows if flow.problem}
        _print(problems)
        if self.is_followed:
            await self._follow(flows, problems)
        return int(bool(problems))

    async def _follow(self, flows: list[Flow], problems: dict[str, str]) -> None:
        """Print events as they happen, for ever; a service that does not answer is named once, and asked again."""
        while True:
            await asyncio.sleep(PERIOD)
            for flow in flows:
                flow.is_at_end = False
            async for service, event in merged(flows):
                self._show(service, event)
            now = {flow.service: str(flow.problem) for flow in flows if flow.problem}
            _print({name: problem for name, problem in now.items() if name not in problems})
            _print({name: f"{name} answers again." for name in problems if name not in now})
            problems = now

    def _show(self, service: str, event: Event) -> None:
        if self.as_json:
            typer.echo(json.dumps({"service": service, **event.model_dump(mode="json")}))
        else:
            self.lines.show(service, event)


def _print(problems: Mapping[str, str]) -> None:
    for sentence in dict.fromkeys(problems.values()):
        typer.echo(sentence, err=True)
