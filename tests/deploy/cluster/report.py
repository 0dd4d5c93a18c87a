"""What a trial has found: a row for each disruption, and what has come of all commands."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import quantiles

from tests.deploy.cluster.ledger import Effects
from tests.deploy.cluster.load import Sample


@dataclass(slots=True, frozen=True)
class Stage:
    """A disruption, from `began` to `ended` on the monotonic clock."""

    name: str
    began: float
    ended: float
    note: str


@dataclass(slots=True, frozen=True)
class Row:
    """A stage and the commands that were first sent in it; milliseconds, `relative` to the first stage's p99."""

    what: str
    seconds: float
    commands: int
    repeated: int
    failed: int
    p50: float
    p99: float
    relative: float
    note: str


@dataclass(slots=True)
class Report:
    """Filled while the trial goes on. `problems` are what did not go as it should."""

    told: list[str] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    effects: Effects | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether no command has failed, and no effect was lost or came twice."""
        done = self.effects is not None and not self.effects.lost and not self.effects.doubled
        return done and not self.problems and not any(sample.failure for sample in self.samples)

    def say(self, sentence: str) -> None:
        """Tell something at once, and keep it."""
        self.told.append(sentence)
        print(sentence, flush=True)  # noqa: T201

    def rows(self) -> list[Row]:
        """One for each stage."""
        rows = list[Row]()
        for stage in self.stages:
            samples = [sample for sample in self.samples if stage.began <= sample.began < stage.ended]
            steady = rows[0].p99 if rows else 0.0
            rows.append(_row(stage, samples, steady))
        return rows

    def text(self) -> str:
        """All of it as Markdown."""
        lines = [*self.told, "", "| what | s | commands | repeated | failed | p50 | p99 | to nothing | |"]
        lines.append("|---|---|---|---|---|---|---|---|---|")
        lines += [
            f"| {row.what} | {row.seconds:.0f} | {row.commands} | {row.repeated} | {row.failed} "
            f"| {row.p50:.0f} ms | {row.p99:.0f} ms | {row.relative:.1f} | {row.note} |"
            for row in self.rows()
        ]
        return "\n".join([*lines, "", *self._ending()])

    def _ending(self) -> list[str]:
        failures = sorted({sample.failure for sample in self.samples if sample.failure})
        repeated = sum(sample.repeated > 0 for sample in self.samples)
        lines = [f"{len(self.samples)} commands, {len(failures)} kinds of failures, {repeated} had to be sent again."]
        if self.effects:
            lines.append(
                "{events} events, {in_pool} in the pool of matching, {mails} mails; {lost} lost, {doubled} doubled; "
                "{again} delivered again under the same id.".format(**asdict(self.effects))
            )
        return [*lines, *failures, *self.problems]

    def show(self) -> None:
        """Print it."""
        print(self.text(), flush=True)  # noqa: T201

    def write(self, folder: Path) -> None:
        """As Markdown and JSON."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "table.md").write_text(self.text() + "\n")
        effects = asdict(self.effects) if self.effects else None
        found = {"told": self.told, "rows": [asdict(row) for row in self.rows()], "effects": effects}
        (folder / "table.json").write_text(json.dumps(found | {"problems": self.problems}, indent=1) + "\n")


def _row(stage: Stage, samples: Sequence[Sample], steady: float) -> Row:
    took = sorted(1000 * sample.seconds for sample in samples) or [0.0]
    cuts = quantiles(took, n=100, method="inclusive") if len(took) > 1 else took * 99
    return Row(
        what=stage.name,
        seconds=stage.ended - stage.began,
        commands=len(samples),
        repeated=sum(sample.repeated > 0 for sample in samples),
        failed=sum(bool(sample.failure) for sample in samples),
        p50=cuts[49],
        p99=cuts[98],
        relative=cuts[98] / steady if steady else 1.0,
        note=stage.note,
    )
