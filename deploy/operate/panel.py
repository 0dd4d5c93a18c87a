"""What all services do, on one screen: a table, or a few words for each where that is too wide."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from deploy.operate.answers import Replica, Status
from deploy.operate.client import Unanswered
from deploy.operate.concerns import concerns
from deploy.operate.figures import NONE, brief, lasting, short

NAME = 12
"""Columns of a service's mark and name."""

MARKS = {"green": "●", "yellow": "▲", "red": "✗"}
QUIET, WAITING, WRONG = "dim", "yellow", "bold red"


class Column(NamedTuple):
    """A column of the table; neighbors under one heading have it in the last of them."""

    above: str
    heading: str
    width: int


COLUMNS = (
    Column("", "in", 5),
    Column("events/s", "out", 5),
    Column("", "lag", 5),
    Column("", "outbox", 7),
    Column("due", "timers", 7),
    Column("", "wait", 5),
    Column("effects", "fail", 5),
    Column("parked", "lanes", 7),
    Column("", "dead", 6),
    Column("", "batch", 6),
    Column("", "p50", 5),
    Column("command ms", "p95", 5),
)
WIDTH = NAME + sum(column.width for column in COLUMNS)

Cell = tuple[str, str]
"""A figure and its style."""


class Panel:
    """The services at one moment, as wide as there is room."""

    def __init__(self, statuses: Mapping[str, Status | Unanswered]) -> None:
        self.statuses, self.at = statuses, datetime.now(UTC)

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        """See rich."""
        width = min(options.max_width, WIDTH)
        yield self._title(width)
        yield from self._table() if width == WIDTH else self._words()
        yield from _listed(self.statuses)

    def _title(self, width: int) -> Text:
        cells = sorted({status.cell for status in self.statuses.values() if isinstance(status, Status)})
        title = Text.assemble(("Ithaca", "bold cyan"), f" {', '.join(cells)}")
        return title.append(f"{self.at:%H:%M:%S} UTC".rjust(width - len(title)), "dim")

    def _table(self) -> Iterator[Text]:
        yield Text(" " * NAME + _above(), "dim")
        yield Text(" " * NAME + "".join(column.heading.rjust(column.width) for column in COLUMNS), "dim")
        for name, status in self.statuses.items():
            if isinstance(status, Unanswered):
                yield _first(name, status)
                continue
            yield _row(_first(name, status), _cells(status))
            if len(status.replicas) > 1:
                yield from (_row(_replica_name(one), _replica_cells(one)) for one in status.replicas)

    def _words(self) -> Iterator[Text]:
        for name, status in self.statuses.items():
            first = _first(name, status)
            if isinstance(status, Unanswered):
                yield first
                continue
            yield first.append(f" {_rates(status.replicas)}")
            yield Text(f"  {_speed_words(status.replicas)}")
            yield Text(f"  {_waiting(status)}")
            if len(status.replicas) > 1:
                yield from (_replica_name(one).append(f" {_rates([one])}") for one in status.replicas)


def _listed(statuses: Mapping[str, Status | Unanswered]) -> Iterator[Table]:
    """List what needs attention, one line each."""
    for name, status in statuses.items():
        color = "red" if isinstance(status, Unanswered) else "yellow"
        for concern in concerns(name, status):
            line = Table.grid(padding=(0, 1, 0, 0))
            line.add_row(Text(MARKS[color], color), Text(concern, overflow="fold"))
            yield line


def _above() -> str:
    line = ""
    for end, column in zip(_ends(), COLUMNS, strict=True):
        if column.above:
            line = line.ljust(end - len(column.above)) + column.above
    return line


def _ends() -> list[int]:
    widths = [column.width for column in COLUMNS]
    return [sum(widths[: number + 1]) for number in range(len(widths))]


def _first(name: str, status: Status | Unanswered) -> Text:
    color = "red" if isinstance(status, Unanswered) else "yellow" if any(concerns(name, status)) else "green"
    line = Text.assemble((f"{MARKS[color]} ", color), (name.ljust(NAME - 2), "bold"))
    return line.append("  gives no answer", "red") if isinstance(status, Unanswered) else line


def _row(first: Text, cells: Sequence[Cell]) -> Text:
    for (figure, style), column in zip(cells, COLUMNS, strict=True):
        first.append(figure.rjust(column.width), style)
    return first


def _cells(status: Status) -> list[Cell]:
    outbox, age = status.outbox, status.outbox.oldest_seconds
    waiting = f"{brief(outbox.chunks)} {lasting(age)}" if outbox.chunks and age is not None else brief(outbox.chunks)
    events_in, events_out, batch, p50, p95 = _speed(status.replicas)
    return [
        events_in,
        events_out,
        _count(status.lag.total, WAITING) if status.lag else (NONE, QUIET),
        (waiting, WAITING if outbox.chunks else QUIET),
        _count(status.timers.due, WAITING),
        _count(status.effects.waiting, WAITING),
        _count(status.effects.failing, WRONG),
        _count(status.lanes.parked, WAITING),
        _count(status.dead_letters, WRONG),
        batch,
        p50,
        p95,
    ]


def _replica_cells(replica: Replica) -> list[Cell]:
    events_in, events_out, *others = _speed([replica])
    return [events_in, events_out, *[("", "")] * 7, *others]


def _speed(replicas: Sequence[Replica]) -> list[Cell]:
    """Events in and out of all together, their average batch, and the latencies of the slowest."""
    figures = [
        sum(one.events_in_per_second for one in replicas),
        sum(one.events_out_per_second for one in replicas),
        _average([one.batch_size for one in replicas if one.batch_size is not None]),
        max((one.command_p50_ms for one in replicas if one.command_p50_ms is not None), default=None),
        max((one.command_p95_ms for one in replicas if one.command_p95_ms is not None), default=None),
    ]
    return [(short(figure), "" if figure else QUIET) for figure in figures]


def _average(sizes: Sequence[float]) -> float | None:
    return sum(sizes) / len(sizes) if sizes else None


def _count(number: int, style: str) -> Cell:
    return brief(number), style if number else QUIET


def _replica_name(replica: Replica) -> Text:
    return Text(f" {replica.role} {replica.name[-3:]}".ljust(NAME), QUIET)


def _rates(replicas: Sequence[Replica]) -> str:
    (events_in, _), (events_out, _), *_others = _speed(replicas)
    return f"{events_in} in, {events_out} out /s"


def _speed_words(replicas: Sequence[Replica]) -> str:
    *_rates, (batch, _), (p50, _), (p95, _) = _speed(replicas)
    return f"batch {batch}, command {p50}/{p95} ms" if p95 != NONE else f"batch {batch}"


def _waiting(status: Status) -> str:
    """What is not as it should be at rest."""
    counts = {
        "lag": status.lag.total if status.lag else 0,
        "outbox": status.outbox.chunks,
        "timers due": status.timers.due,
        "effects": status.effects.waiting,
        "failing": status.effects.failing,
        "parked": status.lanes.parked,
        "dead": status.dead_letters,
    }
    return ", ".join(f"{name} {brief(number)}" for name, number in counts.items() if number) or "nothing waits"
