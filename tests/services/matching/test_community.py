"""A real community's mentors, as untidy as they described themselves."""

from collections import Counter
from datetime import UTC, datetime
from random import Random

from services.matching.pool.model.unmatched_codes import Unmatchable
from services.matching.proposals.model.best_mentor import Best, Search, find_mentor
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.runs.model.run_settings import RunObjective, RunSettings
from services.matching.runs.solution import solve_pool
from services.matching.runs.task import Task
from shared.contracts.intake import Role
from shared.ids import ApplicationId
from tests.services.matching.community import community

WINTER = datetime(2027, 1, 15, 9, tzinfo=UTC)
COMMUNITY = community()
RESULT = solve_pool(Task(COMMUNITY, [], [], WINTER))


def test_seventy_of_the_seventy_two_who_want_a_long_term_mentor_get_one() -> None:
    found = RESULT.figures
    assert (found.mentors, found.seats, found.mentees, found.size) == (37, 80, 72, 70)


def test_those_who_stay_out_are_told_why() -> None:
    assert Counter((one.role.value, one.reason) for one in RESULT.unmatched) == {
        ("mentee", "ad_hoc_only"): 24,
        ("mentor", "ad_hoc_only"): 11,
        ("mentee", "seats_taken"): 2,
        ("mentor", "matched_elsewhere"): 2,
    }


def test_the_two_left_over_speak_only_turkish_and_compete_with_two_more_for_two_seats() -> None:
    unmatched = [one for one in RESULT.unmatched if one.reason == "seats_taken"]
    speak = {profile.id: profile.languages for profile in COMMUNITY}
    assert {speak[one.application_id] for one in unmatched} == {("tr",)}
    assert [one.figures for one in unmatched] == [{"mentees": 4, "seats": 2}] * 2


def test_most_matches_are_good_and_none_is_bad() -> None:
    points = sorted(pair.fit.points for pair in RESULT.pairs)
    assert points[len(points) // 2] >= 850_000
    assert RESULT.figures.worst == points[0] >= 570_000
    assert RESULT.figures.total == sum(points) >= 61_210_000


def test_to_put_the_weak_matches_first_costs_all_together_less_than_half_a_percent() -> None:
    plain = RunSettings(objective=RunObjective(worst="any", total="plain"))
    best_total = solve_pool(Task(COMMUNITY, [], [], WINTER, plain)).figures
    assert (best_total.size, best_total.total) == (70, 61_451_169)
    assert RESULT.figures.total > 0.995 * best_total.total
    assert (RESULT.figures.fifth_percentile or 0) > (best_total.fifth_percentile or 0) + 35_000


def test_the_rows_of_the_files_in_another_order_give_the_same_result() -> None:
    assert solve_pool(Task(Random(1).sample(COMMUNITY, len(COMMUNITY)), [], [], WINTER)) == RESULT


def test_who_declines_is_not_asked_again_until_nobody_is_left() -> None:
    mentors = [profile for profile in COMMUNITY if profile.role is Role.MENTOR]
    first = min(pair.mentee_application_id for pair in RESULT.pairs)
    mentee = next(profile for profile in COMMUNITY if profile.id == first)
    requests, asked, points = MenteeRequests(id=mentee.id), list[ApplicationId](), list[int]()
    while isinstance(found := find_mentor(Search(mentee, requests, mentors, [], WINTER, 0)), Best):
        asked.append(found.mentor)
        points.append(found.fit.points)
        requests.asked_in_vain = list(asked)
    assert found == Unmatchable("everybody_asked", {"mentors": 37})
    assert len({*asked}) == len(asked) == 37
    assert points == sorted(points, reverse=True)
