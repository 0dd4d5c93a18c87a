"""What is kept to begin with, and what is known of the rest."""

import numpy as np
import pytest

from services.matching.algorithm.pairs import FORBIDDEN, Listed
from services.matching.algorithm.pruning import Pruned, PruningLimits, prune
from tests.services.matching.algorithm.instances import listed

Cells = dict[tuple[int, int], int]


def cells(pairs: Listed) -> Cells:
    return {
        (row, column): points
        for row, column, points in zip(pairs.rows.tolist(), pairs.columns.tolist(), pairs.points.tolist(), strict=True)
    }


def kept_cells(known: Pruned) -> Cells:
    return {(row, column): points for row, column, points in zip(*(one.tolist() for one in known.edges), strict=True)}


@pytest.mark.parametrize("seed", range(20))
def test_no_pair_that_is_left_out_exceeds_what_is_said_of_it(seed: int) -> None:
    pairs = listed(seed, 12, 9)
    known = prune(pairs, PruningLimits(3, 2))
    kept = kept_cells(known)
    for (row, column), points in cells(pairs).items():
        assert points <= known.best[row]
        assert (row, column) in kept or points <= known.left[row]


@pytest.mark.parametrize("seed", range(20))
def test_the_best_of_every_mentee_and_of_every_mentor_are_kept(seed: int) -> None:
    pairs = listed(seed, 12, 9)
    every, kept = cells(pairs), kept_cells(prune(pairs, PruningLimits(3, 2)))
    for side, count, people in ((0, 3, 12), (1, 2, 9)):
        for person in range(people):
            best = sorted((points for pair, points in every.items() if pair[side] == person), reverse=True)[:count]
            have = sorted((points for pair, points in kept.items() if pair[side] == person), reverse=True)[:count]
            assert have == best


def test_of_equals_no_more_are_kept_than_asked_for_and_not_the_same_for_all() -> None:
    rows, columns = np.divmod(np.arange(40 * 30), 30)
    ones = np.ones(40, dtype=np.int64), np.ones(30, dtype=np.int64)
    known = prune(Listed(rows, columns, np.full(40 * 30, 5, dtype=np.int32), *ones, 10), PruningLimits(4, 1))
    assert np.bincount(known.edges.rows).max() <= 4 + 30
    assert len(known.edges.rows) <= 40 * 4 + 30
    assert len({*known.edges.columns.tolist()}) == 30
    assert (known.left == 5).all()


def test_where_all_are_kept_nothing_is_left() -> None:
    pairs = listed(1, 6, 5)
    known = prune(pairs, PruningLimits(6, 6))
    assert kept_cells(known) == cells(pairs)
    assert (known.left == FORBIDDEN).all()
    assert sorted(known.order.tolist()) == [*range(6)]
