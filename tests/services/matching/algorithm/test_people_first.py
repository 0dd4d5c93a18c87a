"""As many people as possible are matched before anybody gets a second partner, and the proof of it is checked."""

from collections.abc import Iterable
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.algorithm import group, optimal, problem
from services.matching.algorithm.both_sides import Pool
from services.matching.algorithm.optimal import Effort, Optimal
from services.matching.algorithm.pairs import Listed
from services.matching.algorithm.people import Person
from services.matching.algorithm.priority import Favored, most_of
from services.matching.algorithm.problem import FINE, Problem
from services.matching.algorithm.program import Objective
from services.matching.algorithm.pruning import PruningLimits
from services.matching.algorithm.result import Result
from services.matching.algorithm.strategies import Options, match
from services.matching.algorithm.verification import Refuted, verify
from tests.examples import examples
from tests.services.matching.algorithm.instances import (
    PLAIN,
    Instance,
    best_by_trying,
    instance,
    matchings,
    value_of,
)

FEW = Effort(keep=PruningLimits(1, 1))
TWO_PEOPLE = Instance({("m", "A"): 1, ("m", "B"): 0.25, ("n", "A"): 0.5}, {"m": 2, "n": 1}, {"A": 1, "B": 1})
"""Both seats can go to one mentee, for more points, or to two."""

Pairs = list[tuple[str, str]]


def named(stated: Problem, index_pairs: Iterable[tuple[int, int]]) -> Pairs:
    return sorted((stated.mentees[row].id, stated.mentors[column].id) for row, column in index_pairs)


def proved(stated: Problem, objective: Objective) -> Pairs:
    """The pairs of the best matching, all of whose claims are checked."""
    found = optimal.solve(stated.pairs, objective, FEW)
    verify(stated.pairs, found)
    assert found.is_size_proved
    assert found.is_worst_proved
    assert found.gap == 0
    return named(stated, found.matched.index_pairs())


def pairs_of(result: Result) -> Pairs:
    return [(one.mentee, one.mentor) for one in result.matches]


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    """Few people on either side with one to three partners each, and scores among which many are equal."""
    mentees = {f"n{at}": draw(st.integers(0, 3)) for at in range(draw(st.integers(1, 4)))}
    mentors = {f"m{at}": draw(st.integers(0, 3)) for at in range(draw(st.integers(1, 4)))}
    allowed = [(one, other) for one in mentees for other in mentors if draw(st.booleans())]
    return Instance({pair: draw(st.integers(0, 4)) / 4 for pair in allowed}, mentees, mentors)


@pytest.mark.parametrize("strategy", ["optimal", "rolling", "group"])
def test_nobody_has_two_mentors_where_two_people_could_have_one_each(strategy: Any) -> None:
    result = match(TWO_PEOPLE.problem(), Options(strategy=strategy, smallest=1, is_explained=True))
    assert pairs_of(result) == [("m", "B"), ("n", "A")]
    assert (result.matched_mentees, result.size, result.unmatched) == (2, 2, ())


def test_the_certificate_says_how_many_people_can_be_matched_at_most() -> None:
    certificate = match(TWO_PEOPLE.problem()).certificate
    assert certificate
    assert (certificate.mentees_at_most, certificate.mentors_at_most, certificate.size_at_most) == (2, None, 2)


def test_a_stable_matching_keeps_its_own_promise_instead() -> None:
    result = match(TWO_PEOPLE.problem(), Options(strategy="stable"))
    assert (pairs_of(result), result.blocking_pairs) == ([("m", "A"), ("m", "B")], 0)


@pytest.mark.parametrize("worst", ["all", "any"])
@pytest.mark.parametrize("count_mentors", [False, True])
@examples(150)
@given(given=instances())
def test_it_is_the_best_of_all_matchings_by_people_then_pairs_then_worst_then_total(
    worst: Any, count_mentors: bool, given: Instance
) -> None:
    objective = Objective(worst=worst, total="plain", count_mentors=count_mentors)
    found = proved(given.problem(objective), objective)
    assert value_of(given, found, objective) == pytest.approx(best_by_trying(given, objective))


@pytest.mark.parametrize("count_mentors", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_a_worst_match_of_each_is_proved_with_people_counted(seed: int, count_mentors: bool) -> None:
    random = Random(seed)
    for _ in range(20):
        given = instance(random, mentees=8, mentors=8)
        objective = Objective(worst="each", total="balanced", count_mentors=count_mentors)
        proved(given.problem(objective), objective)


def test_as_many_mentors_as_possible_have_a_mentee_where_the_program_asks_for_it() -> None:
    scores = {("m", "A"): 1.0, ("n", "A"): 1.0, ("n", "B"): 0.1}
    given = Instance(scores, {"m": 1, "n": 1}, {"A": 2, "B": 1})
    assert proved(given.problem(), PLAIN) == [("m", "A"), ("n", "A")]
    counting = PLAIN.model_copy(update={"count_mentors": True})
    assert proved(given.problem(counting), counting) == [("m", "A"), ("n", "B")]


@examples(100)
@given(given=instances(), having=st.sets(st.sampled_from(["n0", "n1", "n2", "n3"])))
def test_who_has_somebody_already_comes_after_those_who_have_nobody(given: Instance, having: set[str]) -> None:
    people = [
        tuple(Person(id=id, capacity=count, has_somebody=id in having) for id, count in side.items())
        for side in (given.mentees, given.mentors)
    ]
    stated = problem.of_scores(Pool(mentees=people[0], mentors=people[1]), given.scores, PLAIN)

    def value(pairs: Pairs) -> tuple[int, int, float, float]:
        return len({mentee for mentee, _ in pairs} - having), *value_of(given, pairs)[2:]

    assert value(proved(stated, PLAIN)) == pytest.approx(max(map(value, matchings(given))))


@examples(100)
@given(given=instances(), first=st.sets(st.sampled_from(["n0", "n1", "n2", "n3"])))
def test_of_those_with_priority_as_many_people_are_matched_as_can_be(given: Instance, first: set[str]) -> None:
    stated = given.problem()
    rows = [row for row, one in enumerate(stated.mentees) if one.id in first]
    assert isinstance(stated.pairs, Listed)
    favored = Favored(replace(stated.pairs, points=stated.pairs.points // (FINE // 4), scale=4), rows, "plain")
    found = optimal.solve(favored, Objective(worst="any", total="plain"), FEW)
    verify(favored, found)
    pairs = named(stated, found.matched.index_pairs())

    def value(pairs: Pairs) -> tuple[int, int, int, int, float]:
        mentees, total = {mentee for mentee, _ in pairs}, value_of(given, pairs).total
        return len(mentees), len(pairs), len(mentees & first), sum(one in first for one, _ in pairs), total

    assert value(pairs) == pytest.approx(max(map(value, matchings(given))))
    assert len({mentee for mentee, _ in pairs} & first) == (most_of(stated.pairs, rows) if rows else 0)


@examples(60)
@given(given=instances(), smallest=st.integers(1, 2), count_mentors=st.booleans())
def test_in_groups_as_many_people_are_matched_as_can_be(given: Instance, smallest: int, count_mentors: bool) -> None:
    objective, stated = Objective(worst="any", total="plain", count_mentors=count_mentors), given.problem()
    found = named(stated, group.solve(stated.pairs, smallest, count_mentors).index_pairs())

    def is_allowed(pairs: Pairs) -> bool:
        mentors = [mentor for _, mentor in pairs]
        return all(mentors.count(one) >= smallest for one in mentors)

    best = max(value_of(given, pairs, objective) for pairs in matchings(given) if is_allowed(pairs))
    assert is_allowed(found)
    assert value_of(given, found, objective) == pytest.approx(best)


def greedy() -> Optimal:
    """A claim that everything is proved of the matching in which one mentee has both seats."""
    pairs = TWO_PEOPLE.problem().pairs
    assert isinstance(pairs, Listed)
    right = optimal.solve(pairs, PLAIN)
    blind = optimal.solve(Blind(**vars(pairs)), PLAIN)
    assert (blind.size, right.size, blind.total > right.total) == (2, 2, True)
    return blind


class Blind(Listed):
    """Pairs that say of nobody that they are alone, as if only pairs counted."""

    @property
    def alone(self) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        return np.zeros_like(self.wanted)


def with_people(claim: Optimal, mentees: int, count_too_few: bool = False) -> Optimal:
    """The claim with a count of mentees, and a limit for it that would prove it."""
    right = optimal.solve(TWO_PEOPLE.problem().pairs, PLAIN)
    limits = (claim.proof.most[0], right.proof.most[1])
    if count_too_few:
        cut = right.proof.most[1].cut
        nobody = cut._replace(mentees=np.ones_like(cut.mentees), mentors=np.ones_like(cut.mentors))
        limits = (limits[0], limits[1]._replace(cut=nobody))
    bounds = claim.bounds._replace(most=(claim.bounds.most[0], mentees))
    return claim._replace(
        counts=claim.counts._replace(mentees=mentees), proof=claim.proof._replace(most=limits), bounds=bounds
    )


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (greedy(), "wrong_sum"),
        (greedy()._replace(counts=with_people(greedy(), 1).counts), "not_maximum"),
        (with_people(greedy(), 1), "not_maximum"),
        (with_people(greedy(), 1, count_too_few=True), "not_maximum"),
        (with_people(greedy(), 2), "wrong_sum"),
    ],
)
def test_a_claim_that_forgets_or_miscounts_people_is_refuted(wrong: Optimal, code: str) -> None:
    with pytest.raises(Refuted) as refuted:
        verify(TWO_PEOPLE.problem().pairs, wrong)
    assert refuted.value.code == code


def test_where_nobody_wants_several_mentors_there_is_no_further_stage() -> None:
    given = instance(Random(1), mentees=9, mentors=7)
    single = given._replace(mentees={id: min(count, 1) for id, count in given.mentees.items()})
    found = optimal.solve(single.problem().pairs, PLAIN)
    assert [limit.counted for limit in found.proof.most] == ["pairs"]
    assert (found.proof.prices.mentee_base, found.proof.prices.mentor_base) == (0, 0)
