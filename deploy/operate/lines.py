"""An event as a line."""

import json
from datetime import UTC, datetime

from rich.console import Console
from rich.json import JSON
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from deploy.deployment import service_names
from deploy.operate.answers import Event
from shared.clock import rfc3339

COLORS = ("cyan", "magenta", "green", "yellow", "blue", "bright_red", "bright_cyan", "bright_green")
"""Of the services, in the order in which they are listed; they come round again."""
SHORT_ID = 6
"""The last characters of an id: those of one moment begin alike."""


def short_id(id: str) -> str:
    """Enough of an id to tell it from its neighbors, and to ask for its trace."""
    return id[-SHORT_ID:]


def bare(type: str) -> str:
    """The type without namespace and version: MatchAccepted."""
    parts = type.split(".")
    return parts[-2] if len(parts) > 1 else type


def short_subject(subject: str) -> str:
    """What an event is about, such as match/bb4576."""
    kind, _, id = subject.partition("/")
    return f"{kind}/{short_id(id)}" if id else subject


def colored(service: str, text: str) -> tuple[str, str]:
    """Text in the service's color; white for one that is not installed here."""
    names = service_names()
    return text, COLORS[names.index(service) % len(COLORS)] if service in names else "white"


class Lines:
    """Prints events. In a terminal, each takes a line; elsewhere, a line has whole times and ids, for programs."""

    def __init__(self, console: Console, is_full: bool) -> None:
        self.console, self.is_full = console, is_full
        self._day = datetime.now(UTC).date()

    def show(self, service: str, event: Event) -> None:
        """Print one, with its data if that is wanted."""
        if self.console.is_terminal:
            self._begin_day(event)
            self.console.print(_line(service, event), no_wrap=self.console.width >= 60, overflow="ellipsis")
        else:
            self.console.print(_plain(service, event), soft_wrap=True, markup=False)
        if self.is_full:
            self._show_data(event)

    def _begin_day(self, event: Event) -> None:
        day = event.time.astimezone(UTC).date()
        if day != self._day:
            self._day = day
            self.console.print(Rule(Text(f"{day}", "dim"), align="left", style="dim"))

    def _show_data(self, event: Event) -> None:
        attributes = event.model_dump(mode="json", exclude={"id", "type", "time", "tenant", "subject"})
        if self.console.is_terminal:
            self.console.print(Padding(JSON(json.dumps(attributes)), (0, 0, 0, 4)))
        else:
            self.console.print(json.dumps(attributes, indent=2), soft_wrap=True, markup=False)


def _line(service: str, event: Event) -> Text:
    return Text.assemble(
        (f"{event.time.astimezone(UTC):%H:%M:%S.%f}"[:-3], "dim"),
        (f" {short_id(event.id)}", "dim"),
        f" {event.tenant:<12.12} ",
        colored(service, f"{service:<10}"),
        (f" {bare(event.type):<19} ", "bold"),
        short_subject(event.subject),
    )


def _plain(service: str, event: Event) -> str:
    return f"{rfc3339(event.time)} {event.tenant} {service} {event.type} {event.subject} {event.id}"
