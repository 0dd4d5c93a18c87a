"""The rows of a bench, as all of them print and write them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(slots=True, frozen=True)
class Row:
    """One figure: `value` in `unit`, the `ratio` to what it is measured against, and whether that reaches the goal.

    `low` and `high` are the range of what is judged, where there were several passes.
    """

    name: str
    value: float
    unit: str
    against: str
    ratio: float | None
    goal: str
    holds: bool
    low: float = 0.0
    high: float = 0.0


def write(rows: Sequence[Row], path: Path) -> None:
    """The rows as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")


def show(rows: Sequence[Row], title: str) -> None:
    """The rows as a table."""
    table = Table("what", "value", "against", "ratio", "range", "goal", "", title=title)
    for row in rows:
        ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
        mark = "[green]holds[/]" if row.holds else "[red]not reached[/]"
        spread = f"{row.low:.2f}-{row.high:.2f}" if row.high else ""
        table.add_row(row.name, f"{row.value:,g} {row.unit}", row.against, ratio, spread, row.goal, mark)
    Console(width=150).print(table)
