"""What was found in a cell: a value, and remarks about it."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

SHOWN = 80
"""Characters of a cell that a remark repeats."""

remembered = lru_cache(maxsize=512)
"""Caches functions of a cell alone: the same few answers fill most of a column, and so share their memory."""


class Kind(StrEnum):
    """How sure a remark is. What is taken exactly as it stands gets no remark."""

    UNDERSTOOD = "understood"
    GUESSED = "guessed"
    LEFT_OUT = "left_out"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Remark:
    """What a cell says, how it was read, and why. `line` counts the lines of the file from 1."""

    line: int
    column: str | None
    kind: Kind
    given: str
    made: str | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Note:
    """A remark that does not yet know its line and column."""

    kind: Kind
    given: str
    made: str | None
    sentence: str

    def at(self, line: int, column: str | None) -> Remark:
        """Make it a remark on this cell, or on the whole row."""
        return Remark(line, column, self.kind, self.given, self.made, self.sentence)


class Finding(NamedTuple, Generic[T]):
    """A value read from a cell, with its notes."""

    value: T
    notes: tuple[Note, ...] = ()


def shown(text: str) -> str:
    """Cut a text to the length that a remark repeats."""
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def understood(given: str, made: str, sentence: str) -> Note:
    """Note that the meaning is certain, though written otherwise."""
    return Note(Kind.UNDERSTOOD, shown(given), shown(made), sentence)


def guessed(given: str, made: str, sentence: str) -> Note:
    """Note that the meaning is likely; somebody should look at it."""
    return Note(Kind.GUESSED, shown(given), shown(made), sentence)


def left_out(given: str, sentence: str) -> Note:
    """Note that the cell makes no sense; the row is taken without it."""
    return Note(Kind.LEFT_OUT, shown(given), None, sentence)


def refused(given: str, sentence: str) -> Note:
    """Note that the row cannot be taken as it is."""
    return Note(Kind.REFUSED, shown(given), None, sentence)
