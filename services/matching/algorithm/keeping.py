"""Solving again with few changes: accepted pairs stay, and pairs that were proposed have a bonus."""

from collections.abc import Iterator, Sequence

import numpy as np

from services.matching.algorithm.pairs import FORBIDDEN, Block, Numbers, Pairs, Places, inside

BONUS = 0.05
"""How much better another pair must be, as a score, before a proposal is given up for it."""

Indexes = Sequence[tuple[int, int]]


class Kept:
    """Pairs as they are once some are accepted and others are proposed; see `Pairs`."""

    def __init__(self, pairs: Pairs, accepted: Indexes, proposed: Indexes, bonus: float = BONUS) -> None:
        self.pairs, self.scale = pairs, pairs.scale
        self.accepted, self.proposed = _columns(accepted), _columns(proposed)
        self.bonus = round(bonus * pairs.scale)
        taken = [np.bincount(one, minlength=len(of)) for one, of in zip(self.accepted, self._sides(), strict=True)]
        self.wanted: Numbers = np.maximum(pairs.wanted - taken[0], 0)
        self.seats: Numbers = np.maximum(pairs.seats - taken[1], 0)

    def _sides(self) -> tuple[Numbers, Numbers]:
        return self.pairs.wanted, self.pairs.seats

    def blocks(self) -> Iterator[Block]:
        """See `Pairs.blocks`."""
        return (self._adjusted(block) for block in self.pairs.blocks())

    def block(self, rows: Places) -> Block:
        """See `Pairs.block`."""
        return self._adjusted(self.pairs.block(rows))

    def _adjusted(self, block: Block) -> Block:
        block = block._replace(points=block.points.copy())
        here, there, _ = inside(block, *self.proposed)
        block.points[here, there] += np.where(block.points[here, there] == FORBIDDEN, 0, self.bonus).astype(np.int32)
        here, there, _ = inside(block, *self.accepted)
        block.points[here, there] = FORBIDDEN
        return block


def _columns(pairs: Indexes) -> tuple[Places, Places]:
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return rows, columns
