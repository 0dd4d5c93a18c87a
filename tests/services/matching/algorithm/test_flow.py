"""The highest level at which as many can be matched, and why no higher."""

import numpy as np
import pytest

from services.matching.algorithm.flow import Goal, highest, largest
from services.matching.algorithm.pruning import Edges
from tests.services.matching.algorithm.instances import listed


@pytest.mark.parametrize("seed", range(30))
def test_it_is_the_highest_of_all_levels_and_the_cut_shows_it(seed: int) -> None:
    pairs = listed(seed, 9, 7)
    edges = Edges(pairs.rows, pairs.columns, pairs.points)
    reach = edges.points.astype(np.int64)
    size, _ = largest(edges, pairs.wanted, pairs.seats)
    top = int(reach.max())
    level, cut = highest(edges, reach, Goal("pairs", pairs.wanted, pairs.seats, size), top)

    def size_at(other: int) -> int:
        return largest(edges.where(reach >= other), pairs.wanted, pairs.seats)[0]

    assert level == max(one for one in reach.tolist() if size_at(one) == size)
    assert (cut is None) == (level == top)
    if cut:
        above = edges.where(cut.crossing(edges) & (reach > level))
        assert cut.bound(pairs.wanted, pairs.seats) + len(above.rows) < size
