"""What a run and a search for one mentee find, and what they tell those for whom there is nobody."""

from datetime import date
from typing import Any

import pytest

from services.matching.algorithm import optimal, problem
from services.matching.comparing import WEIGHTS
from services.matching.model.places import MenteeRequests, MentorSeats
from services.matching.model.pool import ProfileCopy
from services.matching.model.run_result import LeftOver, RunResult
from services.matching.reasons import Unmatchable
from services.matching.run_solution import NotProved, Task, check_proof, solve_pool
from services.matching.solution import Best, find_mentor, pool_of
from shared.contracts.intake import MeetingFormat, Role
from shared.ids import ApplicationId, MatchId, PersonId

WINTER = date(2027, 1, 15)


def mentor(id: str, **stated: Any) -> ProfileCopy:
    return ProfileCopy(**{"id": id, "person_id": PersonId(f"p-{id}"), "role": Role.MENTOR, "seats": 1} | stated)


def mentee(id: str, **stated: Any) -> ProfileCopy:
    return ProfileCopy(**{"id": id, "person_id": PersonId(f"p-{id}"), "role": Role.MENTEE} | stated)


def asked(id: str, *mentors: str) -> MenteeRequests:
    """A mentee who was asked about these mentors in vain."""
    return MenteeRequests(id=id, asked_in_vain=[ApplicationId(one) for one in mentors])


def solved(*people: ProfileCopy, requests: tuple[MenteeRequests, ...] = ()) -> RunResult:
    return solve_pool(Task(people, [], requests, WINTER))


def pairs(result: RunResult) -> dict[str, str]:
    return {pair.mentee_application_id: pair.mentor_application_id for pair in result.pairs}


def told(result: RunResult) -> dict[str, tuple[str, dict[str, int]]]:
    def why(one: LeftOver) -> tuple[str, dict[str, int]]:
        return one.reason, one.figures

    return {one.application_id: why(one) for one in result.left_over}


def test_the_total_decides_among_as_many_pairs_and_one_more_pair_is_worth_any_total() -> None:
    ada, eve = mentor("ada", goals=("lead", "grow")), mentor("eve", goals=("grow",), languages=("en",))
    ben, cleo = mentee("ben", goals=("lead",)), mentee("cleo", goals=("grow",))
    assert pairs(solved(ada, eve, ben, cleo)) == {"ben": "ada", "cleo": "eve"}
    dan = mentee("dan", goals=("none",), languages=("tr",))
    assert pairs(solved(ada, eve, ben, dan)) == {"ben": "eve", "dan": "ada"}


def test_a_mentor_has_no_more_mentees_than_seats_and_the_group_that_competes_is_told() -> None:
    result = solved(mentor("ada", seats=2), *(mentee(f"mentee-{number}") for number in range(3)))
    assert result.figures.size == 2
    assert list(told(result).values()) == [("seats_taken", {"mentees": 3, "seats": 2})]


def test_seats_that_are_promised_are_not_given_away_again() -> None:
    promised = MentorSeats(id="ada", open={MatchId("m"): ApplicationId("x")})
    result = solve_pool(Task([mentor("ada", seats=2), mentee("ben"), mentee("cleo")], [promised], [], WINTER))
    assert (result.figures.size, result.figures.seats) == (1, 1)


def test_nobody_is_matched_with_oneself_or_without_a_common_language() -> None:
    alone = solved(mentor("ada", person_id="same"), mentee("ben", person_id="same"))
    assert told(alone) == {"ada": ("same_person", {"same_person": 1}), "ben": ("same_person", {"same_person": 1})}
    apart = solved(mentor("ada", languages=("en",)), mentee("ben", languages=("TR",)))
    assert told(apart)["ben"] == ("no_common_language", {"no_common_language": 1})


def test_who_meets_for_single_sessions_only_or_has_no_seat_stays_out() -> None:
    result = solved(mentor("ada", seats=0), mentor("eve", meeting_format=MeetingFormat.AD_HOC), mentee("ben"))
    assert told(result) == {"ada": ("no_seats", {}), "eve": ("ad_hoc_only", {}), "ben": ("no_mentors", {})}


def test_who_was_asked_in_vain_is_not_proposed_again_by_another_run() -> None:
    people = mentor("ada", goals=("lead",)), mentor("eve"), mentee("ben", goals=("lead",))
    assert pairs(solved(*people)) == {"ben": "ada"}
    assert pairs(solved(*people, requests=(asked("ben", "ada"),))) == {"ben": "eve"}
    result = solved(*people, requests=(asked("ben", "ada", "eve"),))
    assert told(result)["ben"] == ("everybody_asked", {"mentors": 2})
    assert told(result)["ada"] == ("everybody_asked", {"mentees": 1})


def test_reasons_are_in_the_programs_words_and_add_up_to_the_score() -> None:
    stated: dict[str, Any] = {"areas": ("Cloud", "web"), "programming_languages": ("go",), "time_zone": "Europe/Rome"}
    ada = mentor("ada", years=9, goals=("lead",), **stated | {"areas": ("cloud",)})
    (pair,) = solved(ada, mentee("ben", years=6.5, goals=("lead",), **stated)).pairs
    assert {one.criterion: (one.value, one.weight) for one in pair.fit.reasons} == {
        "areas": (0.5, 20), "programming_languages": (1, 15), "goals": (1, 25), "experience": (0.5, 10), "zone": (1, 15)
    }  # fmt: skip
    assert list(WEIGHTS) == [one.criterion for one in pair.fit.reasons]
    assert sum(one.contribution for one in pair.fit.reasons) == pytest.approx(pair.fit.score, abs=1e-5)
    assert pair.fit.coverage == pytest.approx(1)


def test_a_pair_that_nothing_is_known_about_scores_in_the_middle() -> None:
    (pair,) = solved(mentor("ada"), mentee("ben")).pairs
    assert (pair.fit.points, pair.fit.coverage, pair.fit.reasons) == (500_000, 0, ())


def test_the_next_best_has_a_seat_that_is_not_promised_and_was_not_asked_in_vain() -> None:
    ben = mentee("ben", goals=("lead", "grow"))
    mentors = [mentor("ada", goals=("lead", "grow")), mentor("eve", goals=("lead",)), mentor("flo", goals=("sell",))]
    full = [MentorSeats(id="eve", open={MatchId("m"): ApplicationId("x")})]
    best = find_mentor(ben, asked("ben", "ada"), mentors, full, WINTER)
    assert isinstance(best, Best)
    assert best.mentor == "flo"
    assert [one.criterion for one in best.fit.reasons] == ["goals"]


@pytest.mark.parametrize(
    ("ben", "mentors", "why"),
    [
        (mentee("ben"), [], Unmatchable("no_mentors")),
        (mentee("ben", languages=("tr",)), [mentor("a", languages=("en",))], ("no_common_language",)),
        (mentee("ben", meeting_format=MeetingFormat.AD_HOC), [mentor("a")], ("ad_hoc_only",)),
        (mentee("ben", time_zone="Mars/Olympus"), [mentor("a")], ("profile_invalid",)),
        (mentee("ben"), [mentor("ada")], ("everybody_asked", {"mentors": 1})),
    ],
)
def test_without_a_next_best_the_reason_is_told(
    ben: ProfileCopy, mentors: list[ProfileCopy], why: tuple[object, ...]
) -> None:
    found = find_mentor(ben, asked("ben", "ada"), mentors, [], WINTER)
    assert isinstance(found, Unmatchable)
    assert found[: len(why)] == tuple(why)


def test_a_result_that_is_not_proved_is_refused() -> None:
    people = [mentor("ada", goals=("lead",)), mentor("eve"), mentee("ben", goals=("lead",))]
    pool, _ = pool_of(people, {}, {}, WINTER)
    stated = problem.of_profiles(pool)
    found = optimal.solve(stated.pairs, stated.objective)
    check_proof(stated.pairs, found)
    with pytest.raises(NotProved, match="gap"):
        check_proof(stated.pairs, found._replace(bounds=found.bounds._replace(total=found.total + 1)))
