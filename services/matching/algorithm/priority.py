"""Some mentees come first, as far as that leaves as many people matched."""

from collections.abc import Iterator, Sequence

import numpy as np

from services.matching.algorithm.flow import largest
from services.matching.algorithm.pairs import FORBIDDEN, Block, Pairs, Places
from services.matching.algorithm.pruning import Edges
from services.matching.algorithm.worth import Total, worth

FIRST = 200
"""What the pair of somebody who comes first counts beside its score: more than the pairs of others lose by it."""


class Favored:
    """Pairs with what they count for, and the pairs of those who come first above all others; see `Pairs`.

    The points are what `worth` makes of the original ones, so that their plain sum is the objective. Floors of the
    worst match do not concern those who come first.
    """

    def __init__(self, pairs: Pairs, first: Sequence[int], total: Total) -> None:
        self.pairs, self.scale, self.total = pairs, pairs.scale, total
        self.wanted, self.seats = pairs.wanted, pairs.seats
        self.bonus = np.zeros(len(pairs.wanted), dtype=np.int32)
        self.bonus[list(first)] = FIRST * pairs.scale

    def blocks(self) -> Iterator[Block]:
        """See `Pairs.blocks`."""
        return (self._counted(block) for block in self.pairs.blocks())

    def block(self, rows: Places) -> Block:
        """See `Pairs.block`."""
        return self._counted(self.pairs.block(rows))

    def _counted(self, block: Block) -> Block:
        counted = worth(block.points, self.total, self.scale) + self.bonus[block.rows, None]
        return block._replace(points=np.where(block.points == FORBIDDEN, np.int32(FORBIDDEN), counted))


def most_of(pairs: Pairs, first: Sequence[int]) -> int:
    """How many pairs those who come first can have at most. So many they can have in a largest matching, too.

    For whoever is matched stays so when more are (Berge 1957).
    """
    block = pairs.block(np.array(first, dtype=np.int64))
    rows, columns = np.nonzero(block.points != FORBIDDEN)
    edges = Edges(block.rows[rows], block.columns[columns], block.points[rows, columns])
    return largest(edges, pairs.wanted, pairs.seats)[0]
