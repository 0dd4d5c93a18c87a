"""The rows of a bench, as all of them print and write them."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
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


@dataclass(slots=True)
class Pairs:
    """Values and ratios of one row, pass by pass."""

    values: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)

    def add(self, value: float, ratio: float | None = None) -> None:
        """One more pass."""
        self.values.append(value)
        if ratio is not None:
            self.ratios.append(ratio)

    def row(self, name: str, unit: str, against: str, least: float | None = None, most: float | None = None) -> Row:
        """The medians, and whether the ratio (the value, where there is nothing to compare with) is within bounds."""
        judged = self.ratios or self.values
        median = statistics.median(judged)
        holds = (least is None or median >= least) and (most is None or median <= most)
        goal = f">= {least:g}" if least is not None else f"<= {most:g}"
        ratio = round(median, 3) if self.ratios else None
        value = statistics.median(self.values)
        return Row(
            name, round(value, 3), unit, against, ratio, goal, holds, round(min(judged), 3), round(max(judged), 3)
        )


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
