"""Bounds from what is known are no closer than those from a look at all pairs: right prices or wrong ones."""

import numpy as np
import pytest

from services.matching.algorithm import optimal
from services.matching.algorithm.certificate import Bounds, Proof, bound
from services.matching.algorithm.counts import Counts
from services.matching.algorithm.flow import Cut, Limit
from services.matching.algorithm.objective import Total
from services.matching.algorithm.optimal import Effort
from services.matching.algorithm.pairs import Listed
from services.matching.algorithm.prices import Prices
from services.matching.algorithm.pruning import Pruned, PruningLimits, prune
from tests.services.matching.algorithm.instances import PLAIN, listed


def by_looking_at_all(pairs: Listed, proof: Proof, counts: Counts, known: Pruned) -> Bounds:
    """The same, of mentees of whom nothing is known but that they may have any pair."""
    return bound(pairs, proof, counts, known._replace(left=np.full_like(known.left, pairs.scale)))


@pytest.mark.parametrize("total", ["plain", "balanced"])
@pytest.mark.parametrize("seed", range(20))
def test_wrong_prices_and_cuts_give_a_weak_bound_and_never_a_false_one(seed: int, total: Total) -> None:
    pairs, random = listed(seed, 12, 9), np.random.default_rng(seed)
    known = prune(pairs, PruningLimits(2, 1))
    floors, cut = random.integers(0, pairs.scale // 2, 12), Cut(random.random(12) < 0.5, random.random(9) < 0.5)
    proof = Proof(
        most=(Limit(floors, cut), Limit(floors, cut, "mentees"), Limit(floors, cut, "mentors")),
        worst=(Limit(floors, cut),),
        floors=floors,
        prices=Prices(
            random.integers(0, pairs.scale, 12),
            random.integers(-5, pairs.scale, 9),
            *random.integers(-20, 20, 3).tolist(),
        ),
        total=total,
    )
    counts = Counts(5, 4, 3)
    found, closest = bound(pairs, proof, counts, known), by_looking_at_all(pairs, proof, counts, known)
    assert (found.most, found.worst) == (closest.most, closest.worst)
    assert found.total >= closest.total


@pytest.mark.parametrize("seed", range(20))
def test_with_the_prices_of_the_best_matching_the_bound_is_as_close_without_a_look(seed: int) -> None:
    pairs = listed(seed, 30, 20)
    found = optimal.solve(pairs, PLAIN, Effort(keep=PruningLimits(4, 2)))
    known = prune(pairs, PruningLimits(4, 2))._replace(edges=found.edges)
    closest = by_looking_at_all(pairs, found.proof, found.counts, known)
    assert found.bounds._replace(missed=closest.missed) == closest
