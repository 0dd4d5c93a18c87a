"""Bounds from what is known are no closer than those from a look at all pairs: right prices or wrong ones."""

import numpy as np
import pytest

from services.matching.algorithm import optimal
from services.matching.algorithm.certificate import Bounds, Proof, bound
from services.matching.algorithm.flow import Cut, Limit
from services.matching.algorithm.objective import Total
from services.matching.algorithm.optimal import Effort
from services.matching.algorithm.pairs import Listed
from services.matching.algorithm.prices import Prices
from services.matching.algorithm.pruning import Pruned, PruningLimits, prune
from tests.services.matching.algorithm.instances import PLAIN, listed


def by_looking_at_all(pairs: Listed, proof: Proof, size: int, known: Pruned) -> Bounds:
    """The same, of mentees of whom nothing is known but that they may have any pair."""
    return bound(pairs, proof, size, known._replace(left=np.full_like(known.left, pairs.scale)))


@pytest.mark.parametrize("total", ["plain", "balanced"])
@pytest.mark.parametrize("seed", range(20))
def test_wrong_prices_and_cuts_give_a_weak_bound_and_never_a_false_one(seed: int, total: Total) -> None:
    pairs, random = listed(seed, 12, 9), np.random.default_rng(seed)
    known = prune(pairs, PruningLimits(2, 1))
    floors = random.integers(0, pairs.scale // 2, 12)
    proof = Proof(
        limits=(Limit(floors, Cut(random.random(12) < 0.5, random.random(9) < 0.5)),),
        floors=floors,
        prices=Prices(
            random.integers(0, pairs.scale, 12), random.integers(0, pairs.scale, 9), int(random.integers(-20, 20))
        ),
        total=total,
    )
    found, closest = bound(pairs, proof, 5, known), by_looking_at_all(pairs, proof, 5, known)
    assert found.sizes == closest.sizes
    assert found.total >= closest.total


@pytest.mark.parametrize("seed", range(20))
def test_with_the_prices_of_the_best_matching_the_bound_is_as_close_without_a_look(seed: int) -> None:
    pairs = listed(seed, 30, 20)
    found = optimal.solve(pairs, PLAIN, Effort(keep=PruningLimits(4, 2)))
    known = prune(pairs, PruningLimits(4, 2))._replace(edges=found.edges)
    closest = by_looking_at_all(pairs, found.proof, found.size, known)
    assert (found.bounds.sizes, found.bounds.total) == (closest.sizes, closest.total)
