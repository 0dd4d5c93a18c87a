"""What the tour tells while it goes on, and the summary at its end."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from textwrap import wrap

from pydantic import BaseModel, JsonValue
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from deploy.tour.api import Services
from deploy.tour.observer import Observer, Seen

WIDTH = 80
INDENT = 3


class StepSummary(BaseModel):
    """One step: whether all of it happened, how long it took, the events that it has caused, and its figures."""

    name: str
    ok: bool
    seconds: float
    events: dict[str, int]
    figures: dict[str, JsonValue]


class TourSummary(BaseModel):
    """The whole tour; `problem` is why it has ended early."""

    ok: bool
    problem: str | None
    seconds: float
    steps: list[StepSummary]


@dataclass(slots=True)
class Step:
    """A step that goes on. `correlation` is on all that it asks for, and so on all events that this causes.

    While time passes, things happen that earlier steps have caused: then the events from the `first` to the `last` that
    were seen are its own.
    """

    name: str
    correlation: str
    observer: Observer
    console: Console
    began: float
    first: int | None = None
    last: int | None = None
    figures: dict[str, JsonValue] = field(default_factory=dict)
    seconds: float = 0.0
    is_done: bool = False

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.began

    def events(self) -> list[Seen]:
        """What it has caused so far; while time passes, what has happened since it began."""
        if self.first is None:
            return self.observer.caused_by(self.correlation)
        return self.observer.seen[self.first : self.last]

    def say(self, text: str) -> None:
        """Tell something, in sentences; how the text is broken into lines does not matter."""
        self._show(Text("\n".join(wrap(" ".join(text.split()), WIDTH - INDENT))))

    def quote(self, lines: Iterable[str]) -> None:
        """Show something as it is, such as the lines of a mail."""
        shown = (part for line in lines for part in wrap(line, WIDTH - INDENT - 2) or [""])
        self._show(Text("\n".join(f"│ {line}" for line in shown), "dim"))

    def table(self, rows: Iterable[Sequence[str]], *columns: str) -> None:
        """Show rows; without columns, without a header."""
        table = Table(*columns, box=None, show_header=bool(columns), pad_edge=False, header_style="dim")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self._show(table)

    def _show(self, what: Text | Table) -> None:
        self.console.print(Padding(what, (0, 0, 0, INDENT), expand=False))


class Guide:
    """Leads through the steps. A quiet console makes a quiet guide."""

    def __init__(self, console: Console, services: Services, observer: Observer) -> None:
        self.console, self.services, self.observer = console, services, observer
        self.steps = list[Step]()

    @asynccontextmanager
    async def stretch(self, name: str) -> AsyncIterator[Step]:
        """A step in which time passes, with all that happens in it."""
        async with self.step(name) as step:
            step.first = len(self.observer.seen)
            yield step
            step.last = len(self.observer.seen)

    @asynccontextmanager
    async def step(self, name: str) -> AsyncIterator[Step]:
        """One step, from its heading to the events that it has caused."""
        number = len(self.steps) + 1
        correlation = f"{self.observer.prefix}{number:02}"
        step = Step(name, correlation, self.observer, self.console, began=time.monotonic())
        self.steps.append(step)
        self.services.correlate(step.correlation)
        self.console.print(Rule(Text(f"{number}  {name}", "bold"), align="left", style="dim"), width=WIDTH)
        try:
            yield step
            step.is_done = True
        finally:
            step.seconds = time.monotonic() - step.began
        self._tell_events(step.events())

    def _tell_events(self, events: Sequence[Seen]) -> None:
        for topic in dict.fromkeys(seen.topic for seen in events):
            counts = Counter(seen.type for seen in events if seen.topic == topic)
            listed = ", ".join(f"{type} ({count})" if count > 1 else type for type, count in counts.items())
            first, *more = wrap(f"{topic:<10} {listed}", WIDTH - INDENT - 2, subsequent_indent=" " * 11)
            for mark, line in [("→", first), *((" ", line) for line in more)]:
                self.console.print(Text(f"{' ' * INDENT}{mark} {line}", "green"))
        self.console.print()

    def summary(self, seconds: float, problem: str | None) -> TourSummary:
        """What has become of each step, with all events that have come by now."""
        steps = [
            StepSummary(
                name=step.name,
                ok=step.is_done,
                seconds=round(step.seconds, 2),
                events=dict(Counter(seen.type for seen in step.events())),
                figures=step.figures,
            )
            for step in self.steps
        ]
        return TourSummary(ok=problem is None, problem=problem, seconds=round(seconds, 2), steps=steps)
