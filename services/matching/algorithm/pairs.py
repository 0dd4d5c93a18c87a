"""All pairs of a problem, a block of them at a time: no strategy ever sees a table of everybody with everybody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Indexes = NDArray[np.int64]
Points = NDArray[np.int32]
Numbers = NDArray[np.int64]

FORBIDDEN = -1

FAR = np.int64(1) << 60
"""More than any sum of points."""


class Block(NamedTuple):
    """Some mentees with some mentors. Mentors who are not in it are forbidden to all of them.

    `points` have a row per mentee and a column per mentor, `FORBIDDEN` where they must not be matched.
    """

    rows: Indexes
    columns: Indexes
    points: Points


class Pairs(Protocol):
    """The scores of all pairs, computed as often as they are asked for.

    Points are whole numbers: `scale` of them are a score of 1. `wanted` are the mentors that each mentee may have at
    most, `seats` the mentees that each mentor may have. Of these the first counts as a person who is matched where
    somebody is `alone`, or `idle`: 1 for a mentee or a mentor who looks for somebody and has nobody yet, else 0.
    """

    @property
    def scale(self) -> int:
        """Points."""

    @property
    def wanted(self) -> Numbers:
        """Of each mentee."""

    @property
    def seats(self) -> Numbers:
        """Of each mentor."""

    @property
    def alone(self) -> Numbers:
        """Of each mentee."""

    @property
    def idle(self) -> Numbers:
        """Of each mentor."""

    def blocks(self) -> Iterator[Block]:
        """All mentees with all mentors, every mentee in one block."""

    def block(self, rows: Indexes) -> Block:
        """Some mentees with all mentors whom any of them may have."""


@dataclass(frozen=True)
class Listed:
    """Pairs that were given with their points; all others are forbidden. Sorted by mentee, then mentor."""

    rows: Indexes
    columns: Indexes
    points: Points
    wanted: Numbers
    seats: Numbers
    scale: int
    mentees_with_somebody: tuple[int, ...] = ()
    mentors_with_somebody: tuple[int, ...] = ()

    @property
    def alone(self) -> Numbers:
        """See `Pairs`."""
        return firsts(self.wanted, self.mentees_with_somebody)

    @property
    def idle(self) -> Numbers:
        """See `Pairs`."""
        return firsts(self.seats, self.mentors_with_somebody)

    def blocks(self) -> Iterator[Block]:
        """See `Pairs.blocks`."""
        at_once = max(1, (1 << 21) // max(1, len(self.seats)))
        for start in range(0, len(self.wanted), at_once):
            yield self.block(np.arange(start, min(start + at_once, len(self.wanted))))

    def block(self, rows: Indexes) -> Block:
        """See `Pairs.block`."""
        starts, ends = np.searchsorted(self.rows, rows), np.searchsorted(self.rows, rows, side="right")
        inside = spans(starts, ends)
        columns, index = np.unique(self.columns[inside], return_inverse=True)
        points = np.full((len(rows), len(columns)), FORBIDDEN, dtype=np.int32)
        points[np.repeat(np.arange(len(rows)), ends - starts), index] = self.points[inside]
        return Block(rows, columns, points)


def firsts(capacities: Numbers, with_somebody: Sequence[int]) -> Numbers:
    """Write 1 for who may have somebody and is not among those who have somebody already, else 0."""
    first: Numbers = np.minimum(capacities, 1)
    first[list(with_somebody)] = 0
    return first


def rows_and_columns(pairs: Sequence[tuple[int, int]]) -> tuple[Indexes, Indexes]:
    """Split pairs of indexes into their rows and their columns."""
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return rows, columns


def spans(starts: Indexes, ends: Indexes) -> Indexes:
    """List all numbers of several ranges, one range after the other."""
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    at: Indexes = np.arange(lengths.sum()) - np.repeat(before - starts, lengths)
    return at


def inside(block: Block, rows: Indexes, columns: Indexes) -> tuple[Indexes, Indexes, Indexes]:
    """Find which of some pairs are in a block: their rows and columns in it, and which they are."""
    index = np.full(int(max(block.rows.max(initial=0), rows.max(initial=0))) + 1, -1)
    where = np.full(int(max(block.columns.max(initial=0), columns.max(initial=0))) + 1, -1)
    index[block.rows], where[block.columns] = np.arange(len(block.rows)), np.arange(len(block.columns))
    known = np.flatnonzero((index[rows] >= 0) & (where[columns] >= 0))
    return index[rows[known]], where[columns[known]], known


def inside_sorted(
    rows: Indexes, columns: Indexes, of_rows: Indexes, of_columns: Indexes
) -> tuple[Indexes, Indexes, Indexes]:
    """Find which of some pairs, sorted by row, are in a block: their rows and columns in it, and which they are."""
    if not of_rows.size:
        return of_rows, of_rows, of_rows
    starts, ends = np.searchsorted(of_rows, rows), np.searchsorted(of_rows, rows, side="right")
    at = spans(starts, ends)
    there = np.minimum(np.searchsorted(columns, of_columns[at]), len(columns) - 1)
    known = columns[there] == of_columns[at] if len(columns) else np.zeros(0, dtype=bool)
    here = np.repeat(np.arange(len(rows)), ends - starts)
    return here[known], there[known], at[known]


def points_of(pairs: Pairs, rows: Indexes, columns: Indexes) -> Points:
    """Look up the points of some pairs."""
    points = np.full(len(rows), FORBIDDEN, dtype=np.int32)
    for block in pairs.blocks():
        here, there, known = inside(block, rows, columns)
        points[known] = block.points[here, there]
    return points
