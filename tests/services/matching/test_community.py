"""A real community's mentors, as untidy as they described themselves."""

from collections import Counter
from random import Random

from services.matching.certificate import verify
from services.matching.solver import Pair, Unmatched, next_best, solve
from shared.ids import ApplicationId
from tests.services.matching.builders import problem
from tests.services.matching.community import community

COMMUNITY = problem(*community())
SOLUTION = solve(COMMUNITY)


def test_the_result_is_proved() -> None:
    verify(COMMUNITY, SOLUTION)


def test_seventy_of_the_seventy_two_who_want_a_long_term_mentor_get_one() -> None:
    assert (len(COMMUNITY.mentors), sum(mentor.seats for mentor in COMMUNITY.mentors)) == (37, 80)
    assert (len(COMMUNITY.mentees), SOLUTION.size) == (72, 70)


def test_those_who_stay_out_are_told_why() -> None:
    told = Counter((one.role.value, one.code) for one in SOLUTION.unmatched)
    assert told == {
        ("mentee", "ad_hoc_only"): 24,
        ("mentor", "ad_hoc_only"): 11,
        ("mentee", "seats_taken"): 2,
        ("mentor", "matched_elsewhere"): 4,
    }


def test_the_two_left_over_speak_only_turkish_and_compete_with_two_more_for_two_seats() -> None:
    left_over = [one for one in SOLUTION.unmatched if one.code == "seats_taken"]
    speak = {candidate.id: candidate.languages for candidate in COMMUNITY.candidates}
    assert {speak[one.id] for one in left_over} == {("tr",)}
    assert [one.figures for one in left_over] == [{"mentees": 4, "seats": 2}] * 2


def test_most_matches_are_good_and_none_is_bad() -> None:
    scores = sorted(pair.score.points for pair in SOLUTION.pairs)
    assert scores[len(scores) // 2] >= 850_000
    assert scores[0] >= 500_000


def test_the_rows_of_the_files_in_another_order_give_the_same_result() -> None:
    people = community()
    assert solve(problem(*Random(1).sample(people, len(people)))) == SOLUTION


def test_who_declines_is_not_asked_again_until_nobody_is_left() -> None:
    mentee, asked, scores = SOLUTION.pairs[0].mentee, list[ApplicationId](), list[int]()
    for _ in COMMUNITY.mentors:
        answer = next_best(COMMUNITY, {}, mentee, asked)
        assert isinstance(answer, Pair)
        asked.append(answer.mentor)
        scores.append(answer.score.points)
    assert set(asked) == {mentor.id for mentor in COMMUNITY.mentors}
    assert scores == sorted(scores, reverse=True)
    last = next_best(COMMUNITY, {}, mentee, asked)
    assert isinstance(last, Unmatched)
    assert last.code == "everybody_asked"
