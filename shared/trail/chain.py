"""Whether the lines of a trail are those that were written: none changed, removed, added or in another order."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import BaseModel, Field

from shared.trail.line import START, Line

MOST_BREAKS = 20
"""No more are listed: behind them, nothing else is worth reading."""


class Head(BaseModel, frozen=True):
    """The end of a chain. Whoever keeps one elsewhere can tell later whether all that was before it is still so.

    Lines before `first` have been removed since they were older than they are kept; the last of them had the hash
    `before`.
    """

    number: int = 0
    hash: str = START
    first: int = Field(1, description="The oldest line that is kept")
    before: str = Field(START, description="The hash of the line before that one")


@dataclass(slots=True)
class Verification:
    """Checks lines one after the other, as they come from a service, against its `head` and against one `kept` before.

    `breaks` are sentences: what is not as it was written, and where.
    """

    head: Head
    kept: Head | None = None
    breaks: list[str] = field(default_factory=list)
    next: int = field(init=False)
    before: str = field(init=False)

    def __post_init__(self) -> None:
        self.next, self.before = self.head.first, self.head.before
        if self.kept and self.kept.number > self.head.number:
            self._note(
                f"the trail ends at line {self.head.number}, and had {self.kept.number} lines when its head was kept: "
                "the last ones were removed"
            )

    def add(self, lines: Iterable[Line]) -> None:
        """Check the lines that follow."""
        for line in lines:
            if line.number > self.head.number:
                return  # written since the head was read
            self._check(line)
            self.next, self.before = line.number + 1, line.hash

    def end(self) -> list[str]:
        """Return all breaks, when there are no more lines."""
        if self.next <= self.head.number:
            self._note(f"{_lines(self.next, self.head.number)} missing at the end: removed")
        elif self.before != self.head.hash:
            self._note(f"line {self.head.number} is not the one that the head names")
        return self.breaks

    def _check(self, line: Line) -> None:
        if line.number > self.next:
            self._note(f"{_lines(self.next, line.number - 1)} missing: removed")
        elif line.number < self.next:
            self._note(f"line {line.number} stands behind line {self.next - 1}: put in another order, or twice")
        elif line.hash != line.hash_behind(self.before):
            self._note(f"line {line.number} was changed, or put in another order")
        if self.kept and line.number == self.kept.number and line.hash != self.kept.hash:
            self._note(f"line {line.number} is another one than when its head was kept: the trail was written anew")

    def _note(self, sentence: str) -> None:
        if len(self.breaks) < MOST_BREAKS:
            self.breaks.append(sentence)


def _lines(first: int, last: int) -> str:
    return f"line {first} is" if first == last else f"lines {first} to {last} are"
