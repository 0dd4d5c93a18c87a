"""Solving again with few changes: accepted pairs stay, and pairs that were proposed have a bonus."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from services.matching.algorithm.pairs import (
    FORBIDDEN,
    Block,
    Indexes,
    Numbers,
    Pairs,
    inside,
    points_of,
    rows_and_columns,
)

BONUS = 0.05
"""How much better another pair must be, as a score, before a proposal is given up for it."""

HIGHEST_BONUS = 6
"""More than a chain of others can gain, most often; points must stay below 2^31."""

IndexPairs = Sequence[tuple[int, int]]
Solve = Callable[[Pairs], IndexPairs]


class KeptPairs:
    """Pairs as they are once some are accepted and others are proposed; see `Pairs`."""

    def __init__(self, pairs: Pairs, accepted: IndexPairs, proposed: IndexPairs, bonus: float = BONUS) -> None:
        self.pairs = pairs
        self.accepted, self.proposed = rows_and_columns(accepted), rows_and_columns(proposed)
        self.bonus = round(bonus * pairs.scale) if proposed else 0
        self.scale = pairs.scale + self.bonus  # no score is above 1, where more would count for less
        used = [np.bincount(one, minlength=len(of)) for one, of in zip(self.accepted, self._sides(), strict=True)]
        self.wanted: Numbers = np.maximum(pairs.wanted - used[0], 0)
        self.seats: Numbers = np.maximum(pairs.seats - used[1], 0)
        self.alone: Numbers = pairs.alone * ((used[0] == 0) & (self.wanted > 0))
        self.idle: Numbers = pairs.idle * ((used[1] == 0) & (self.seats > 0))

    def _sides(self) -> tuple[Numbers, Numbers]:
        return self.pairs.wanted, self.pairs.seats

    def blocks(self) -> Iterator[Block]:
        """See `Pairs.blocks`."""
        return (self._adjusted(block) for block in self.pairs.blocks())

    def block(self, rows: Indexes) -> Block:
        """See `Pairs.block`."""
        return self._adjusted(self.pairs.block(rows))

    def _adjusted(self, block: Block) -> Block:
        block = block._replace(points=block.points.copy())
        here, there, _ = inside(block, *self.proposed)
        block.points[here, there] += np.where(block.points[here, there] == FORBIDDEN, 0, self.bonus).astype(np.int32)
        here, there, _ = inside(block, *self.accepted)
        block.points[here, there] = FORBIDDEN
        return block


def solve(pairs: Pairs, accepted: IndexPairs, proposed: IndexPairs, moves: int | None, best: Solve) -> IndexPairs:
    """Find the best pairs that keep those accepted and change at most `moves` of those proposed; None for no limit.

    The bonus is doubled until few enough change; where even a high one does not keep them, since more people can
    be matched, only the weakest of those that would change may.
    """
    bonus = BONUS
    while True:
        found = [*accepted, *best(KeptPairs(pairs, accepted, proposed, bonus))]
        changed = sorted({*proposed} - {*found})
        if moves is None or len(changed) <= moves:
            return found
        if bonus >= HIGHEST_BONUS:
            break
        bonus *= 2
    points = points_of(pairs, *rows_and_columns(changed)).tolist()
    released = {pair for _, pair in sorted(zip(points, changed, strict=True))[:moves]}
    kept = [*accepted, *(pair for pair in proposed if pair not in released)]
    return [*kept, *best(KeptPairs(pairs, kept, ()))]
