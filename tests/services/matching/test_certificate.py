"""A solution that is wrong in any way is refuted, and one that is right never is."""

from collections.abc import Mapping
from itertools import repeat
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.candidate import Candidate
from services.matching.certificate import Refuted, verify
from services.matching.scoring import SCALE
from services.matching.solver import Problem, Record, Solution, Unmatched, pair, solve
from shared.contracts.intake import MeetingFormat
from shared.ids import ApplicationId
from tests.services.matching.brute_force import best_of_all, instance
from tests.services.matching.builders import Table, mentee, mentor, problem, table


def planted(given: Problem, mentor_of: Mapping[str, str]) -> Solution:
    """The solution that pairs these, right in everything else."""
    people: dict[str, Candidate] = {one.id: one for one in given.candidates}
    pairs = [pair(people[one], people[other], given.settings) for one, other in mentor_of.items()]
    rest = people.keys() - mentor_of.keys() - set(mentor_of.values())
    return Solution(
        pairs=tuple(pairs),
        unmatched=tuple(Unmatched(id=ApplicationId(id), role=people[id].role, code="left_over") for id in sorted(rest)),
        size=len(pairs),
        total=sum(one.score.points for one in pairs),
        record=Record.of(given),
    )


def refuted(given: Problem, solution: Solution) -> str:
    with pytest.raises(Refuted) as refutation:
        verify(given, solution)
    return refutation.value.code


SMALL = table([[18, 17, 1], [16, 2, 1], [None, 5, 4]], seats=[1, 2, 1])
RIGHT = solve(SMALL)


def changed(**update: Any) -> Solution:
    return RIGHT.model_copy(update=update)


def rescored(**update: Any) -> Solution:
    first = RIGHT.pairs[0]
    wrong = first.model_copy(update={"score": first.score.model_copy(update=update)})
    pairs = (wrong, *RIGHT.pairs[1:])
    return changed(pairs=pairs, total=sum(one.score.points for one in pairs))


def test_the_right_solution_is_not_refuted() -> None:
    verify(SMALL, RIGHT)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (changed(size=2), "wrong_sum"),
        (changed(total=RIGHT.total + 1), "wrong_sum"),
        (changed(unmatched=()), "other_people"),
        (changed(pairs=RIGHT.pairs[1:]), "other_people"),
        (changed(pairs=(*RIGHT.pairs, RIGHT.pairs[0])), "more_than_once"),
        (changed(unmatched=(*RIGHT.unmatched, *RIGHT.unmatched)), "more_than_once"),
        (changed(record=RIGHT.record.model_copy(update={"input_hash": "0" * 64})), "other_record"),
        (changed(record=RIGHT.record.model_copy(update={"versions": {}})), "other_record"),
        (rescored(points=999_999), "wrong_score"),
        (rescored(coverage=0.5), "wrong_score"),
        (rescored(reasons=()), "wrong_score"),
    ],
)
def test_a_solution_that_was_tampered_with_is_refuted(wrong: Solution, code: str) -> None:
    assert refuted(SMALL, wrong) == code


def test_the_solution_of_other_settings_is_refuted() -> None:
    other = SMALL.model_copy(update={"settings": SMALL.settings.model_copy(update={"wished_gap_years": 7.0})})
    assert refuted(SMALL, solve(other)) == "other_record"


def test_a_mentor_over_capacity_is_refuted() -> None:
    given = table([[9, 1], [9, 1]], seats=[1, 1])
    assert refuted(given, planted(given, {"mentee 0": "mentor 0", "mentee 1": "mentor 0"})) == "over_capacity"


def test_two_without_a_common_language_are_refuted() -> None:
    given = table([[None]], seats=[1])
    assert refuted(given, planted(given, {"mentee 0": "mentor 0"})) == "forbidden_pair"


def test_somebody_paired_with_oneself_is_refuted() -> None:
    given = problem(mentee("a", person_id="p"), mentor("b", person_id="p"))
    assert refuted(given, planted(given, {"a": "b"})) == "forbidden_pair"


@pytest.mark.parametrize(
    "people",
    [
        [mentee("a", format=MeetingFormat.AD_HOC), mentor("b")],
        [mentee("a"), mentor("b", format=MeetingFormat.AD_HOC)],
        [mentee("a"), mentor("b", seats=0)],
        [mentor("a"), mentee("b")],
    ],
)
def test_a_pair_with_somebody_who_does_not_take_part_is_refuted(people: list[Any]) -> None:
    assert refuted(problem(*people), planted(problem(*people), {"a": "b"})) == "not_taking_part"


@pytest.mark.parametrize(
    ("scores", "mentor_of"),
    [
        ([[5]], {}),
        ([[20, 0], [20, None]], {"mentee 0": "mentor 0"}),
        ([[9, 9, None], [9, None, None], [None, 9, 9]], {"mentee 0": "mentor 0", "mentee 2": "mentor 1"}),
    ],
)
def test_a_solution_that_could_match_one_more_is_refuted(scores: Table, mentor_of: dict[str, str]) -> None:
    given = table(scores, seats=[1] * len(scores[0]))
    assert refuted(given, planted(given, mentor_of)) == "not_maximum"


@pytest.mark.parametrize(
    ("scores", "seats", "mentor_of"),
    [
        pytest.param([[18, 17], [16, 2]], [1, 1], {"mentee 0": "mentor 0", "mentee 1": "mentor 1"}, id="exchange"),
        pytest.param([[5, 6]], [1, 1], {"mentee 0": "mentor 0"}, id="free seat"),
        pytest.param([[5], [6]], [1], {"mentee 0": "mentor 0"}, id="unmatched mentee"),
        pytest.param(
            [[5, 6, None], [None, 5, 6], [6, None, 5]],
            [1, 1, 1],
            {"mentee 0": "mentor 0", "mentee 1": "mentor 1", "mentee 2": "mentor 2"},
            id="ring of three",
        ),
        pytest.param(
            [[5, None], [5, 5], [None, 6]], [1, 1], {"mentee 0": "mentor 0", "mentee 1": "mentor 1"}, id="chain"
        ),
    ],
)
def test_a_solution_of_the_right_size_with_too_low_a_total_is_refuted(
    scores: Table, seats: list[int], mentor_of: dict[str, str]
) -> None:
    given = table(scores, seats)
    assert refuted(given, planted(given, mentor_of)) == "not_optimal"


def any_assignment(random: Random, scores: Table, seats: list[int]) -> dict[str, str]:
    free, mentor_of = list(seats), {}
    for row in random.sample(range(len(scores)), len(scores)):
        open_to = [column for column, score in enumerate(scores[row]) if score is not None and free[column]]
        if open_to and random.random() < 0.95:
            column = random.choice(open_to)
            free[column] -= 1
            mentor_of[f"mentee {row}"] = f"mentor {column}"
    return mentor_of


@settings(max_examples=50, deadline=None)
@given(st.randoms(use_true_random=True))
def test_just_those_assignments_are_proved_that_are_as_good_as_any(random: Random) -> None:
    for scores, seats in map(instance, repeat(random, 6)):
        given = table(scores, seats)
        solution = planted(given, any_assignment(random, scores, seats))
        if (solution.size, solution.total * 20 // SCALE) == best_of_all(scores, seats):
            verify(given, solution)
        else:
            assert refuted(given, solution) in {"not_maximum", "not_optimal"}
