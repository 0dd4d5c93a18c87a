"""What was found: one line a check, in four parts."""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import BaseModel


class Part(StrEnum):
    """What a finding is about."""

    SETTINGS = "settings"
    BROKER = "broker"
    DATABASE = "database"
    SERVICES = "services"


class Level(StrEnum):
    """How it is: `warning` works today, `wrong` does not."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


class Finding(BaseModel, frozen=True):
    """What a check has found about `name`; whatever is not well has a remedy."""

    part: Part
    name: str
    level: Level
    found: str
    remedy: str = ""


class Examined(BaseModel):
    """All findings about a service, or about several of a cell; in JSON, this is what programs get."""

    services: list[str]
    cell: str
    version: str
    findings: list[Finding]

    @property
    def is_wrong(self) -> bool:
        """Whether something does not work."""
        return any(finding.level is Level.WRONG for finding in self.findings)


class Notes:
    """Takes down findings about one part."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.findings: list[Finding] = []

    def ok(self, name: str, found: str) -> None:
        """Note that something is well."""
        self._add(Level.OK, name, found, "")

    def warn(self, name: str, found: str, remedy: str) -> None:
        """Note that something works, and should be better."""
        self._add(Level.WARNING, name, found, remedy)

    def wrong(self, name: str, found: str, remedy: str) -> None:
        """Note that something does not work."""
        self._add(Level.WRONG, name, found, remedy)

    def every(self, name: str, sentences: Iterable[str], remedy: str, well: str) -> None:
        """Note each sentence as wrong; without any, all is well."""
        for sentence in (sentences := list(sentences)):
            self.wrong(name, sentence, remedy)
        if not sentences:
            self.ok(name, well)

    def _add(self, level: Level, name: str, found: str, remedy: str) -> None:
        self.findings.append(Finding(part=self.part, name=name, level=level, found=found, remedy=remedy))
