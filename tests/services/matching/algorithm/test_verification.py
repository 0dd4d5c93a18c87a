"""A matching that is wrong in any way is refuted, and one that is right never is."""

from collections.abc import Callable

import numpy as np
import pytest

from services.matching.algorithm import optimal
from services.matching.algorithm.counts import Counts
from services.matching.algorithm.flow import Cut
from services.matching.algorithm.optimal import Optimal
from services.matching.algorithm.verification import Refuted, verify
from tests.services.matching.algorithm.instances import PLAIN, Instance

SCORES = {("a", "X"): 0.9, ("a", "Y"): 0.85, ("b", "X"): 0.8, ("b", "Y"): 0.1, ("c", "Y"): 0.2, ("d", "Y"): 0.15}
PROBLEM = Instance(SCORES, dict.fromkeys("abcd", 1), {"X": 1, "Y": 2}).problem()
RIGHT = optimal.solve(PROBLEM.pairs, PLAIN)

Change = Callable[[Optimal], Optimal]


def using(*pairs: tuple[str, str]) -> Optimal:
    """The claim with these pairs instead, its sums made to fit."""
    named = [
        (PROBLEM.mentees[row].id, PROBLEM.mentors[column].id)
        for row, column in zip(RIGHT.edges.rows.tolist(), RIGHT.edges.columns.tolist(), strict=True)
    ]
    used = np.array([pair in pairs for pair in named])
    return RIGHT._replace(used=used, counts=Counts(int(used.sum())), total=int(RIGHT.edges.points[used].sum()))


def proving(proof_of_less: Optimal) -> Optimal:
    """The claim that a matching is the best, with bounds that fit what it claims."""
    bounds = RIGHT.bounds._replace(most=(proof_of_less.size,), total=proof_of_less.total)
    return proof_of_less._replace(bounds=bounds)


def without_cut(claim: Optimal) -> Optimal:
    nobody = Cut(np.zeros(4, dtype=bool), np.zeros(2, dtype=bool))
    return claim._replace(proof=claim.proof._replace(most=(claim.proof.most[0]._replace(cut=nobody),)))


def with_prices(claim: Optimal, price: int) -> Optimal:
    prices = claim.proof.prices._replace(prices=np.full(2, price, dtype=np.int64))
    return claim._replace(proof=claim.proof._replace(prices=prices))


def test_the_right_matching_is_not_refuted() -> None:
    assert RIGHT.size == 3
    verify(PROBLEM.pairs, RIGHT)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (RIGHT._replace(counts=Counts(2)), "wrong_sum"),
        (RIGHT._replace(total=RIGHT.total + 1), "wrong_sum"),
        (proving(using(("a", "X"), ("c", "Y"))), "not_maximum"),
        (proving(using(("a", "X"), ("b", "Y"), ("c", "Y"))), "forbidden_pair"),
        (proving(using(("a", "Y"), ("b", "X"), ("d", "Y"))), "forbidden_pair"),
        (using(("a", "X"), ("b", "X"), ("c", "Y")), "over_capacity"),
        (using(("a", "X"), ("a", "Y"), ("b", "X")), "over_capacity"),
        (without_cut(RIGHT), "not_maximum"),
        (with_prices(RIGHT, 0), "wrong_bound"),
        (with_prices(RIGHT, -1), "wrong_bound"),
    ],
)
def test_a_matching_that_was_tampered_with_is_refuted(wrong: Optimal, code: str) -> None:
    with pytest.raises(Refuted) as refuted:
        verify(PROBLEM.pairs, wrong)
    assert refuted.value.code == code
