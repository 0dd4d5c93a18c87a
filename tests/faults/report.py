"""What a run has found: a row for each kind of disruption, counts of everything, and what was broken."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Self

from tests.faults.history import Command, History, Outcome, distinct


@dataclass(slots=True, frozen=True)
class Stage:
    """A disruption, from `began` to `ended` on the monotonic clock, and what it says that it has done."""

    name: str
    began: float
    ended: float
    note: str

    @classmethod
    def of(cls, name: str, disruption: Callable[[], str]) -> Self:
        """The stage that a disruption is."""
        began = time.monotonic()
        note = disruption()
        return cls(name, began, time.monotonic(), note)


@dataclass(slots=True)
class Report:
    """Filled while a run goes on."""

    seed: int
    stages: list[Stage] = field(default_factory=list)
    history: History = field(default_factory=History)
    violations: list[str] = field(default_factory=list)

    def say(self, sentence: str) -> None:
        """Say how far it is."""
        print(sentence, flush=True)  # noqa: T201

    def stage(self, stage: Stage) -> None:
        """Keep a stage, and say what it was."""
        self.stages.append(stage)
        self.say(f"{stage.name}: {stage.ended - stage.began:.0f} s {stage.note}")

    def counts(self) -> dict[str, int]:
        """How many there are of what was asked and of what came out."""
        history = self.history
        events = list(distinct(history.published))
        outcomes = [command.outcome for command in history.commands]
        mails = {mail.message_id for mail in history.mails}
        return {
            "commands": len(outcomes),
            "acknowledged": outcomes.count(Outcome.DONE),
            "refused": outcomes.count(Outcome.REFUSED),
            "never answered": outcomes.count(Outcome.UNKNOWN),
            "sent again": sum(len(command.attempts) > 1 for command in history.commands),
            "events": len(events),
            "events published again under their id": len(history.published) - len(events),
            "mails": len(mails),
            "mails sent again under their id": len(history.mails) - len(mails),
            "dead letters": len(history.letters),
            "unreadable records": len(history.poison),
            "promises broken": len(self.violations),
        }

    def text(self) -> str:
        """All of it as Markdown."""
        lines = ["| what | times | s | commands | sent again | p50 | p99 |", "|---|---|---|---|---|---|---|"]
        lines += [self._row(name) for name in dict.fromkeys(stage.name for stage in self.stages)]
        lines += ["", f"Seed {self.seed}: " + ", ".join(f"{count:,} {what}" for what, count in self.counts().items())]
        return "\n".join([*lines, *(f"- BROKEN: {sentence}" for sentence in self.violations)])

    def write(self, folder: Path) -> None:
        """As Markdown and JSON."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "table.md").write_text(self.text() + "\n")
        found = {"seed": self.seed, "counts": self.counts(), "violations": self.violations}
        (folder / "table.json").write_text(json.dumps(found, indent=1) + "\n")

    def _row(self, name: str) -> str:
        stages = [stage for stage in self.stages if stage.name == name]
        commands = [command for command in self.history.commands if any(_began_in(command, stage) for stage in stages)]
        seconds = sum(stage.ended - stage.began for stage in stages)
        again = sum(len(command.attempts) > 1 for command in commands)
        took = sorted(1000 * (command.ended - command.began) for command in commands if command.definite) or [0.0]
        cuts = quantiles(took, n=100, method="inclusive") if len(took) > 1 else took * 99
        times = len(stages)
        return (
            f"| {name} | {times} | {seconds:.0f} | {len(commands)} | {again} | {cuts[49]:.0f} ms | {cuts[98]:.0f} ms |"
        )


def _began_in(command: Command, stage: Stage) -> bool:
    return stage.began <= command.began < stage.ended
