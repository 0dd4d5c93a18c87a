"""Pairs that let a proposal expire are a last resort: they are matched where that gets somebody a match."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.matching.algorithm import optimal
from services.matching.algorithm.priority import LastResort
from services.matching.algorithm.program import Objective
from services.matching.algorithm.verification import verify
from tests.examples import examples
from tests.services.matching.algorithm.instances import Instance, matchings


@examples(150)
@given(seed=st.integers(0, 10**6))
def test_as_many_are_matched_as_can_be_and_without_them_if_that_is_as_many(seed: int) -> None:
    random = Random(seed)
    mentees, mentors = "abcd"[: random.randint(1, 4)], "WXYZ"[: random.randint(1, 4)]
    scores = {(one, other): random.randint(20, 100) / 100 for one in mentees for other in mentors}
    scores = {pair: score for pair, score in scores.items() if random.random() < 0.7}
    silent = {pair for pair in scores if random.random() < 0.4}
    known = Instance(scores, dict.fromkeys(mentees, 1), dict.fromkeys(mentors, 1))
    stated = known.problem()
    row, column = ({one.id: at for at, one in enumerate(side)} for side in (stated.mentees, stated.mentors))
    pairs = LastResort(stated.pairs, sorted((row[one], column[other]) for one, other in silent))
    found = optimal.solve(pairs, Objective())
    verify(pairs, found)
    matched = {(stated.mentees[at].id, stated.mentors[to].id) for at, to in found.matched.index_pairs()}
    ways = list(matchings(known))
    most = max(map(len, ways))
    assert len(matched) == most
    if any(len(way) == most and not silent & {*way} for way in ways):
        assert not silent & matched
