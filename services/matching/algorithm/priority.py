"""Pairs that are given before all others, mentees who come first, and pairs that come last, if nobody is lost by it."""

from collections.abc import Iterator, Sequence

import numpy as np

from services.matching.algorithm.flow import largest
from services.matching.algorithm.objective import Total, worth
from services.matching.algorithm.pairs import FORBIDDEN, Block, Indexes, Numbers, Pairs, inside, rows_and_columns
from services.matching.algorithm.pruning import Edges

FIRST = 200
"""What the pair of somebody who comes first counts besides its score: more than the pairs of others lose by it."""


class Rest:
    """Pairs without those that are `given` and the seats that these take; see `Pairs`.

    Who wants nobody, as the mentees who are `closed`, and who has no seat is in no pair.
    """

    def __init__(self, pairs: Pairs, given: Sequence[tuple[int, int]], closed: Sequence[int]) -> None:
        self.pairs, self.scale = pairs, pairs.scale
        self.given = rows_and_columns(given)
        had, taken = (np.bincount(one, minlength=len(of)) for one, of in zip(self.given, self._sides(), strict=True))
        self.wanted: Numbers = pairs.wanted - had
        self.seats: Numbers = pairs.seats - taken
        self.wanted[list(closed)] = 0
        self.alone: Numbers = pairs.alone * ((had == 0) & (self.wanted > 0))
        self.idle: Numbers = pairs.idle * ((taken == 0) & (self.seats > 0))

    def _sides(self) -> tuple[Numbers, Numbers]:
        return self.pairs.wanted, self.pairs.seats

    def blocks(self) -> Iterator[Block]:
        """See `Pairs.blocks`."""
        return (self._without(block) for block in self.pairs.blocks())

    def block(self, rows: Indexes) -> Block:
        """See `Pairs.block`."""
        return self._without(self.pairs.block(rows))

    def _without(self, block: Block) -> Block:
        points = block.points.copy()
        points[self.wanted[block.rows] == 0] = FORBIDDEN
        points[:, self.seats[block.columns] == 0] = FORBIDDEN
        here, there, _ = inside(block, *self.given)
        points[here, there] = FORBIDDEN
        return block._replace(points=points)


class LastResort:
    """Pairs of which the `silent` ones count for nothing, sorted by mentee; see `Pairs`.

    So they are matched where that gets more people, or more pairs, matched, and hardly elsewhere.
    """

    def __init__(self, pairs: Pairs, silent: Sequence[tuple[int, int]]) -> None:
        self.pairs, self.scale = pairs, pairs.scale
        self.wanted, self.seats, self.alone, self.idle = pairs.wanted, pairs.seats, pairs.alone, pairs.idle
        self.silent = rows_and_columns(silent)

    def blocks(self) -> Iterator[Block]:
        """See `Pairs.blocks`."""
        return (self._counted(block) for block in self.pairs.blocks())

    def block(self, rows: Indexes) -> Block:
        """See `Pairs.block`."""
        return self._counted(self.pairs.block(rows))

    def _counted(self, block: Block) -> Block:
        points = block.points.copy()
        here, there, _ = inside(block, *self.silent)
        points[here, there] = np.minimum(points[here, there], 0)
        return block._replace(points=points)


class Favored:
    """Pairs with what they count for, and the pairs of those who come first above all others; see `Pairs`.

    The points are what `worth` makes of the original ones, so that their plain sum is the objective. Floors of the
    worst match do not concern those who come first.
    """

    def __init__(self, pairs: Pairs, first: Sequence[int], total: Total) -> None:
        self.pairs, self.scale, self.total = pairs, pairs.scale, total
        self.wanted, self.seats, self.alone, self.idle = pairs.wanted, pairs.seats, pairs.alone, pairs.idle
        self.bonus = np.zeros(len(pairs.wanted), dtype=np.int32)
        self.bonus[list(first)] = FIRST * pairs.scale

    def blocks(self) -> Iterator[Block]:
        """See `Pairs.blocks`."""
        return (self._counted(block) for block in self.pairs.blocks())

    def block(self, rows: Indexes) -> Block:
        """See `Pairs.block`."""
        return self._counted(self.pairs.block(rows))

    def _counted(self, block: Block) -> Block:
        counted = worth(block.points, self.total, self.scale) + self.bonus[block.rows, None]
        return block._replace(points=np.where(block.points == FORBIDDEN, np.int32(FORBIDDEN), counted))


def most_of(pairs: Pairs, first: Sequence[int]) -> int:
    """Count how many with priority who are alone can be matched; as many can when the most people are, too.

    For whoever is matched stays so when more are (Berge 1957).
    """
    block = pairs.block(np.array(first, dtype=np.int64))
    rows, columns = np.nonzero(block.points != FORBIDDEN)
    edges = Edges(block.rows[rows], block.columns[columns], block.points[rows, columns])
    return largest(edges, pairs.alone, pairs.seats)[0]
