"""What a run finds, and what it says of those for whom there is nobody."""

from collections import Counter
from itertools import product
from random import Random
from typing import Any, Literal

import numpy as np
import pytest

from services.matching.algorithm import optimal, problem
from services.matching.pool.model.compared_people import pool_of
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_criteria import WEIGHTS, compared_on
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.runs.model.run_result import RunResult, UnmatchedPerson
from services.matching.runs.model.run_settings import RunObjective, RunSettings, RunStrategy
from services.matching.runs.solution import NotProved, check_proof, solve_pool
from services.matching.runs.task import Task
from shared.contracts.intake import MeetingFormat
from shared.ids import ApplicationId, MatchId
from tests.services.matching.profiles import WINTER, asked, mentee, mentor


def solved(*people: ProfileCopy, requests: tuple[MenteeRequests, ...] = ()) -> RunResult:
    return solve_pool(Task(people, [], requests, WINTER))


def pairs(result: RunResult) -> dict[str, str]:
    return {pair.mentee_application_id: pair.mentor_application_id for pair in result.pairs}


def reasons_in(result: RunResult) -> dict[str, tuple[str, dict[str, int]]]:
    def why(one: UnmatchedPerson) -> tuple[str, dict[str, int]]:
        return one.reason, one.figures

    return {one.application_id: why(one) for one in result.unmatched}


def test_the_total_decides_among_as_many_pairs_and_one_more_pair_is_worth_any_total() -> None:
    ada, eve = mentor("ada", goals=("lead", "grow")), mentor("eve", goals=("grow",), languages=("en",))
    ben, cleo = mentee("ben", goals=("lead",)), mentee("cleo", goals=("grow",))
    assert pairs(solved(ada, eve, ben, cleo)) == {"ben": "ada", "cleo": "eve"}
    dan = mentee("dan", goals=("none",), languages=("tr",))
    assert pairs(solved(ada, eve, ben, dan)) == {"ben": "eve", "dan": "ada"}


def test_a_mentor_has_no_more_mentees_than_seats_and_the_group_that_competes_is_told() -> None:
    result = solved(mentor("ada", seats=2), *(mentee(f"mentee-{number}") for number in range(3)))
    assert result.figures.size == 2
    assert list(reasons_in(result).values()) == [("seats_taken", {"mentees": 3, "seats": 2})]


def test_nobody_has_a_second_mentor_where_that_leaves_somebody_without_any() -> None:
    ada, eve = mentor("ada", goals=("lead",)), mentor("eve", languages=("en", "tr"), goals=("lead",))
    ben, cleo = mentee("ben", mentors=2, goals=("lead",), languages=("en", "tr")), mentee("cleo", languages=("tr",))
    result = solved(ada, eve, ben, cleo)
    assert pairs(result) == {"ben": "ada", "cleo": "eve"}
    assert (result.figures.matched, result.figures.size) == (2, 2)


def test_who_has_a_mentor_already_comes_after_those_who_have_none() -> None:
    eve, ada = mentor("eve", goals=("lead",)), mentor("ada")
    ben, cleo = mentee("ben", mentors=2, goals=("lead",)), mentee("cleo")
    assert pairs(solved(eve, ben, cleo))
    having = MenteeRequests(id="ben", accepted=[MatchId("m")])
    for wish in (having, having.model_copy(update={"has_priority": True})):
        assert pairs(solve_pool(Task([eve, ben, cleo], [], [wish], WINTER))) == {"cleo": "eve"}
    assert pairs(solve_pool(Task([eve, ada, ben, cleo], [], [having], WINTER))).keys() == {"ben", "cleo"}


def test_whoever_has_a_pinned_mentor_comes_after_those_who_have_none() -> None:
    eve, ada, ben = mentor("eve", goals=("lead",)), mentor("ada"), mentee("ben", mentors=2, goals=("lead",))
    pinned = MenteeRequests(id="ben", pinned=ApplicationId("ada"))
    assert pairs(solved(eve, ada, ben, mentee("cleo"), requests=(pinned,))) == {"ben": "ada", "cleo": "eve"}


def test_of_those_with_priority_nobody_has_a_second_mentor_before_another_has_one() -> None:
    mentors = [mentor(f"mentor-{at}") for at in range(3)]
    mentees = [mentee("ben", mentors=3), mentee("cleo"), mentee("dan", mentors=2), mentee("eli")]
    first = tuple(MenteeRequests(id=id, has_priority=True) for id in ("ben", "dan", "eli"))
    result = solved(*mentors, *mentees, requests=first)
    assert pairs(result).keys() == {"ben", "dan", "eli"}
    assert (result.figures.first, result.figures.first_at_most) == (3, 3)


def test_seats_that_are_promised_are_not_given_away_again() -> None:
    promised = MentorSeats(id="ada", open={MatchId("m"): ApplicationId("x")})
    result = solve_pool(Task([mentor("ada", seats=2), mentee("ben"), mentee("cleo")], [promised], [], WINTER))
    assert (result.figures.size, result.figures.seats) == (1, 1)


def test_nobody_is_matched_with_oneself_or_without_a_common_language() -> None:
    alone = solved(mentor("ada", person_id="same"), mentee("ben", person_id="same"))
    assert reasons_in(alone) == {"ada": ("same_person", {"same_person": 1}), "ben": ("same_person", {"same_person": 1})}
    apart = solved(mentor("ada", languages=("en",)), mentee("ben", languages=("TR",)))
    assert reasons_in(apart)["ben"] == ("no_common_language", {"no_common_language": 1})


def test_who_meets_for_single_sessions_only_or_has_no_seat_stays_out() -> None:
    result = solved(mentor("ada", seats=0), mentor("eve", meeting_format=MeetingFormat.AD_HOC), mentee("ben"))
    assert reasons_in(result) == {"ada": ("no_seats", {}), "eve": ("ad_hoc_only", {}), "ben": ("no_mentors", {})}


def test_who_was_asked_in_vain_is_not_proposed_again_by_another_run() -> None:
    people = mentor("ada", goals=("lead",)), mentor("eve"), mentee("ben", goals=("lead",))
    assert pairs(solved(*people)) == {"ben": "ada"}
    assert pairs(solved(*people, requests=(asked("ben", "ada"),))) == {"ben": "eve"}
    result = solved(*people, requests=(asked("ben", "ada", "eve"),))
    assert reasons_in(result)["ben"] == ("everybody_asked", {"mentors": 2})
    assert reasons_in(result)["ada"] == ("everybody_asked", {"mentees": 1})


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


def test_a_result_that_is_not_proved_is_refused() -> None:
    people = [mentor("ada", goals=("lead",)), mentor("eve"), mentee("ben", goals=("lead",))]
    pool, _ = pool_of(people, {}, {}, compared_on(WINTER.date()))
    stated = problem.of_profiles(pool)
    found = optimal.solve(stated.pairs, stated.objective)
    check_proof(stated.pairs, found)
    with pytest.raises(NotProved, match="gap"):
        check_proof(stated.pairs, found._replace(bounds=found.bounds._replace(total=found.total + 1)))


def wishing(id: str, **wishes: Any) -> MenteeRequests:
    return MenteeRequests(id=id, **wishes)


def test_a_pinned_pair_is_given_before_all_others_and_marked() -> None:
    people = mentor("ada", goals=("lead",)), mentor("eve"), mentee("ben", goals=("lead",)), mentee("cleo")
    pinned = solved(*people, requests=(wishing("cleo", pinned=ApplicationId("ada")),))
    assert pairs(pinned) == {"ben": "eve", "cleo": "ada"}
    assert {pair.mentee_application_id for pair in pinned.pairs if pair.is_pinned} == {"cleo"}
    assert pinned.record.pinned == {"cleo": "ada"}
    assert (pinned.figures.size, pinned.figures.matched) == (2, 2)
    assert pinned.record.input_hash != solved(*people).record.input_hash


@pytest.mark.parametrize("strategy", ["optimal", "stable", "group"])
def test_what_forbids_a_pinned_pair_leaves_the_mentee_out_with_the_reason(strategy: RunStrategy) -> None:
    people = (mentor("ada", languages=("en",)), mentor("eve", languages=("tr",), seats=2), mentor("flo"))
    asking = mentee("ben", languages=("tr",)), mentee("cleo", languages=("tr",)), mentee("dan", languages=("tr",))
    wishes = tuple(wishing(one, pinned=ApplicationId(of)) for one, of in (("ben", "ada"), ("cleo", "nobody")))
    result = solve_pool(Task([*people, *asking], [], wishes, WINTER, RunSettings(strategy=strategy)))
    assert {name: why for name, (why, _) in reasons_in(result).items() if name in {"ben", "cleo"}} == {
        "ben": "pin_impossible",
        "cleo": "pin_impossible",
    }
    assert {*pairs(result)} <= {"dan"}


def test_two_who_are_pinned_to_one_seat_do_not_share_it() -> None:
    wishes = tuple(wishing(one, pinned=ApplicationId("ada")) for one in ("ben", "cleo"))
    result = solved(mentor("ada"), mentor("eve"), mentee("ben"), mentee("cleo"), requests=wishes)
    assert len(pairs(result)) == 1
    assert [why for name, (why, _) in reasons_in(result).items() if name != "eve"] == ["pin_impossible"]


def test_a_pinned_mentee_who_wants_two_mentors_gets_the_other_from_the_run() -> None:
    result = solved(
        mentor("ada"),
        mentor("eve"),
        mentee("ben", mentors=2),
        requests=(wishing("ben", pinned=ApplicationId("eve")),),
    )
    assert {(pair.mentor_application_id, pair.is_pinned) for pair in result.pairs} == {("ada", False), ("eve", True)}
    assert (result.figures.size, result.figures.matched, result.figures.mentees) == (2, 1, 1)


def test_who_has_a_mentor_and_wants_another_takes_part_without_those_met_before() -> None:
    requests = wishing("ben", accepted=[MatchId("m")], met=[ApplicationId("ada")])
    people = mentor("ada", seats=2), mentor("eve"), mentee("ben", mentors=2)
    assert pairs(solved(*people, requests=(requests,))) == {"ben": "eve"}
    assert solved(mentor("ada", seats=2), mentee("ben", mentors=1), requests=(requests,)).figures.mentees == 0


def test_of_those_who_compete_the_ones_with_priority_are_matched_first() -> None:
    people = (
        mentor("ada", goals=("lead",)),
        mentee("ben", goals=("lead",)),
        mentee("cleo", goals=("sell",)),
        mentee("dan", goals=("lead",)),
    )
    result = solved(*people, requests=(wishing("cleo", has_priority=True),))
    assert pairs(result) == {"cleo": "ada"}
    assert (result.figures.first, result.figures.first_at_most) == (1, 1)
    assert result.figures.total == result.pairs[0].fit.points
    assert result.record.first == ("cleo",)


def test_priority_never_leaves_fewer_people_matched() -> None:
    people = (
        mentor("ada", languages=("en", "tr")),
        mentor("eve", languages=("en",)),
        mentee("ben", languages=("en",), goals=("lead",)),
        mentee("cleo", languages=("tr",)),
    )
    requests = (wishing("ben", has_priority=True, asked_in_vain=[ApplicationId("eve")]),)
    assert solved(*people, requests=requests).figures.size == 1
    assert solved(*people, requests=(wishing("ben", has_priority=True),)).figures.size == 2


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("worst", ["each", "all", "any"])
def test_no_matching_of_as_many_has_more_of_those_with_priority_or_then_a_higher_total(
    seed: int, worst: Literal["each", "all", "any"]
) -> None:
    random = Random(seed)
    goals, languages = ("a", "b", "c", "d"), ("en", "tr", "de")

    def stated() -> dict[str, Any]:
        return {"goals": tuple(random.sample(goals, 2)), "languages": tuple(random.sample(languages, 1))}

    mentors = [mentor(f"mentor-{at}", seats=random.choice([1, 1, 2]), **stated()) for at in range(3)]
    mentees = [mentee(f"mentee-{at}", **stated()) for at in range(5)]
    first = random.sample([one.id for one in mentees], 2)
    wishes = [wishing(one, has_priority=True) for one in first]
    settings = RunSettings(objective=RunObjective(worst=worst, total="plain"))
    found = solve_pool(Task([*mentors, *mentees], [], wishes, WINTER, settings)).figures
    best = best_by_hand(mentors, mentees, {*first})
    assert (found.size, found.first, found.first_at_most) == (*best[:2], best[1])
    assert found.total == best[2] if worst == "any" else found.total <= best[2]


@pytest.mark.parametrize("seed", range(20))
def test_beside_pinned_pairs_the_others_are_matched_as_well_as_can_be(seed: int) -> None:
    random = Random(seed)
    mentors = [mentor(f"mentor-{at}", seats=random.choice([1, 2]), goals=(random.choice("abc"),)) for at in range(3)]
    mentees = [mentee(f"mentee-{at}", mentors=random.choice([1, 2]), goals=(random.choice("abc"),)) for at in range(5)]
    one, other = random.sample(mentees, 2)
    wishes = [
        wishing(one.id, pinned=ApplicationId("mentor-0"), has_priority=True),
        wishing(other.id, pinned=ApplicationId("nobody"), has_priority=bool(seed % 2)),
    ]
    result = solve_pool(Task([*mentors, *mentees], [], wishes, WINTER))
    given = {(pair.mentee_application_id, pair.mentor_application_id) for pair in result.pairs if pair.is_pinned}
    assert given == {(one.id, "mentor-0")}
    assert other.id not in pairs(result)
    left = [person.model_copy(update={"seats": person.seats - (person.id == "mentor-0")}) for person in mentors]
    asking = [person for person in mentees if person is not other and person is not one]
    again = wishing(one.id, met=[ApplicationId("mentor-0")], accepted=[MatchId("m")])
    asking += [one] if one.mentors == 2 else []
    beside = solve_pool(Task([*left, *asking], [], [again], WINTER))
    assert result.figures.size == beside.figures.size + 1


def best_by_hand(mentors: list[ProfileCopy], mentees: list[ProfileCopy], first: set[str]) -> tuple[int, int, int]:
    """The size, those with priority and the total of the best of all matchings, in this order."""
    pool, _ = pool_of([*mentors, *mentees], {}, {}, compared_on(WINTER.date()))
    stated = problem.of_profiles(pool)
    block = stated.pairs.block(np.arange(len(stated.mentees)))
    points = {
        (row, column): int(block.points[row, at])
        for row in range(len(stated.mentees))
        for at, column in enumerate(block.columns.tolist())
        if block.points[row, at] >= 0
    }
    best = (0, 0, 0)
    for choice in product([None, *range(len(stated.mentors))], repeat=len(stated.mentees)):
        chosen = [(row, column) for row, column in enumerate(choice) if column is not None]
        taken = Counter(column for _, column in chosen)
        is_allowed = all(pair in points for pair in chosen)
        if is_allowed and all(stated.mentors[at].capacity >= count for at, count in taken.items()):
            ahead = sum(stated.mentees[row].id in first for row, _ in chosen)
            best = max(best, (len(chosen), ahead, sum(points[row, column] for row, column in chosen)))
    return best
