from collections.abc import Sequence
from random import Random

import pytest
from pydantic import ValidationError

from services.matching.candidate import Candidate
from services.matching.certificate import verify
from services.matching.solver import Pair, Problem, Solution, Unmatched, next_best, solve
from shared.contracts.intake import MeetingFormat
from shared.ids import ApplicationId
from tests.services.matching.builders import SETTINGS, Table, mentee, mentor, problem, table


def solved(problem: Problem) -> Solution:
    solution = solve(problem)
    verify(problem, solution)
    return solution


def chosen(solution: Solution) -> dict[str, str]:
    return {pair.mentee: pair.mentor for pair in solution.pairs}


def code_of(id: str, solution: Solution) -> str:
    return next(one.code for one in solution.unmatched if one.id == id)


def figures_of(id: str, solution: Solution) -> dict[str, int]:
    return next(dict(one.figures) for one in solution.unmatched if one.id == id)


def test_the_total_decides_among_assignments_of_the_same_size() -> None:
    solution = solved(table([[18, 17], [16, 2]], seats=[1, 1]))
    assert chosen(solution) == {"mentee 0": "mentor 1", "mentee 1": "mentor 0"}
    assert (solution.size, solution.total) == (2, 800_000 + 850_000)


def test_one_more_match_is_worth_any_total() -> None:
    solution = solved(table([[20, 0], [20, None]], seats=[1, 1]))
    assert chosen(solution) == {"mentee 0": "mentor 1", "mentee 1": "mentor 0"}


def test_pairs_that_score_nothing_are_matched_all_the_same() -> None:
    for scores in ([[0, None], [None, 0]], [[None, 0], [0, None]]):
        solution = solved(table(scores, seats=[1, 1]))
        assert (solution.size, solution.total) == (2, 0)


def test_a_mentor_gets_as_many_mentees_as_there_are_seats() -> None:
    solution = solved(table([[9, 8], [9, 8], [9, 8], [9, 8]], seats=[3, 9]))
    assert sorted(chosen(solution).values()) == ["mentor 0"] * 3 + ["mentor 1"]


def test_a_mentor_without_seats_gets_nobody_and_is_told_so() -> None:
    solution = solved(table([[20, 1]], seats=[0, 1]))
    assert chosen(solution) == {"mentee 0": "mentor 1"}
    assert code_of("mentor 0", solution) == "no_seats"


def test_more_seats_than_any_number_of_mentees_are_fine() -> None:
    assert solved(table([[1], [2]], seats=[10**30])).size == 2


@pytest.mark.parametrize(
    ("people", "codes"),
    [
        ([], []),
        ([mentee("a"), mentee("b")], ["no_mentors", "no_mentors"]),
        ([mentor("a"), mentor("b")], ["no_mentees", "no_mentees"]),
        ([mentee("a"), mentor("b", seats=0)], ["no_mentors", "no_seats"]),
    ],
)
def test_an_empty_side_matches_nobody_and_says_so(people: list[Candidate], codes: list[str]) -> None:
    solution = solved(problem(*people))
    assert (solution.pairs, solution.size, solution.total) == ((), 0, 0)
    assert [one.code for one in solution.unmatched] == codes


def test_those_who_only_meet_ad_hoc_stay_out_on_both_sides() -> None:
    people = [
        mentee("a", format=MeetingFormat.AD_HOC),
        mentor("b", format=MeetingFormat.AD_HOC, seats=0),
        mentee("c", format=MeetingFormat.LONG_TERM),
        mentor("d", format=MeetingFormat.LONG_TERM),
    ]
    solution = solved(problem(*people))
    assert chosen(solution) == {"c": "d"}
    assert (code_of("a", solution), code_of("b", solution)) == ("ad_hoc_only", "ad_hoc_only")


def test_one_person_on_both_sides_is_not_matched_with_oneself() -> None:
    alone = solved(problem(mentee("a", person_id="p"), mentor("b", person_id="p")))
    assert (code_of("a", alone), code_of("b", alone)) == ("same_person", "same_person")
    two = [mentee("a", person_id="p"), mentor("b", person_id="p"), mentee("c"), mentor("d")]
    assert chosen(solved(problem(*two))) == {"a": "d", "c": "b"}


def test_who_shares_no_language_with_anybody_is_told_how_many_that_rules_out() -> None:
    people = [mentee("a", person_id="p", languages=["es"]), mentor("d", person_id="p")]
    english = [mentor(id, languages=["en"]) for id in ("b", "c")]
    solution = solved(problem(*people, *english))
    assert code_of("a", solution) == "no_common_language"
    assert figures_of("a", solution) == {"no_common_language": 2, "same_person": 1}


def test_who_is_left_over_is_told_the_group_that_competes_for_too_few_seats() -> None:
    speak_english = [mentee(f"e{at}", languages=["en"]) for at in range(5)] + [mentor("me", languages=["en"], seats=3)]
    speak_spanish = [mentee(f"s{at}", languages=["es"]) for at in range(3)] + [mentor("ms", languages=["es"], seats=2)]
    solution = solved(problem(*speak_english, *speak_spanish))
    left_over = {one.id[0]: (one.code, dict(one.figures)) for one in solution.unmatched}
    assert left_over == {
        "e": ("seats_taken", {"mentees": 5, "seats": 3}),
        "s": ("seats_taken", {"mentees": 3, "seats": 2}),
    }


def test_a_group_reaches_as_far_as_its_members_could_move() -> None:
    solution = solved(table([[20, None, None], [1, 20, None], [None, 20, None], [None, None, 5]], seats=[1, 1, 1]))
    (left_over,) = [one for one in solution.unmatched if one.id.startswith("mentee")]
    assert left_over.figures == {"mentees": 3, "seats": 2}


def test_a_mentor_whom_nobody_needed_is_told_how_many_could_have_come() -> None:
    solution = solved(table([[20, 19], [18, None]], seats=[2, 1]))
    assert chosen(solution) == {"mentee 0": "mentor 0", "mentee 1": "mentor 0"}
    assert (code_of("mentor 1", solution), figures_of("mentor 1", solution)) == ("matched_elsewhere", {"mentees": 1})


def test_everybody_is_either_in_a_pair_or_unmatched() -> None:
    given = table([[3, None, 5], [2, 2, 2], [None, None, 1], [None, None, None]], seats=[1, 0, 1])
    solution = solved(given)
    told = {id for pair in solution.pairs for id in (pair.mentee, pair.mentor)} | {one.id for one in solution.unmatched}
    assert told == {candidate.id for candidate in given.candidates}


def equals(count: int, prefix: str = "") -> list[Candidate]:
    return [make(f"{prefix}{make.__name__} {at}") for at in range(count) for make in (mentee, mentor)]


def test_the_order_of_rows_changes_nothing_even_when_everybody_is_equal() -> None:
    people = equals(12)[:-4]
    first = solve(problem(*people))
    for seed in range(10):
        assert solve(problem(*Random(seed).sample(people, len(people)))) == first


def test_other_ids_give_the_same_structure() -> None:
    scores: Table = [[18, 17, None], [16, 2, 3], [None, 5, 5]]
    renamed = [one.model_copy(update={"id": f"x{one.id}"}) for one in table(scores, seats=[1, 1, 1]).candidates]
    here = solved(table(scores, seats=[1, 1, 1]))
    there = solved(problem(*renamed, settings=table(scores, seats=[1, 1, 1]).settings))
    assert (there.size, there.total) == (here.size, here.total)
    assert chosen(there) == {f"x{one}": f"x{other}" for one, other in chosen(here).items()}


def test_who_comes_first_among_equals_is_not_who_comes_first_in_the_alphabet() -> None:
    people = [*(mentee(f"mentee {at:02}") for at in range(20)), mentor("b", seats=10)]
    assert sorted(chosen(solved(problem(*people)))) != [f"mentee {at:02}" for at in range(10)]


def test_the_record_names_the_input_the_settings_and_the_versions() -> None:
    people = equals(2)
    record = solve(problem(*people)).record
    assert record == solve(problem(*reversed(people))).record
    assert record.settings == SETTINGS
    assert set(record.versions) == {"method", "ortools", "tzdata"}
    assert record.input_hash != solve(problem(*people, mentor("another"))).record.input_hash
    assert (
        record.input_hash != solve(problem(*people[:-1], people[-1].model_copy(update={"years": 1}))).record.input_hash
    )


def test_a_solution_survives_being_written_and_read() -> None:
    solution = solve(table([[18, 17], [16, 2], [1, 1]], seats=[1, 1]))
    assert Solution.model_validate_json(solution.model_dump_json()) == solution


def test_an_id_given_twice_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="more than once: a"):
        problem(mentee("a"), mentor("a"))


CHOICE = table([[18, 17, None, 9], [16, 2, 3, 3]], seats=[1, 2, 1, 1])


def best(
    taken: dict[str, int] | None = None, excluded: Sequence[str] = (), given: Problem = CHOICE
) -> Pair | Unmatched:
    seats = {ApplicationId(id): count for id, count in (taken or {}).items()}
    return next_best(given, seats, ApplicationId("mentee 0"), [ApplicationId(id) for id in excluded])


def mentor_of(answer: Pair | Unmatched) -> str:
    assert isinstance(answer, Pair)
    return answer.mentor


def test_the_next_best_is_the_best_who_was_not_asked_and_has_a_seat() -> None:
    assert mentor_of(best()) == "mentor 0"
    assert mentor_of(best(excluded=["mentor 0"])) == "mentor 1"
    assert mentor_of(best({"mentor 0": 1})) == "mentor 1"
    assert mentor_of(best({"mentor 0": 1, "mentor 1": 1})) == "mentor 1"
    assert mentor_of(best({"mentor 0": 1, "mentor 1": 2})) == "mentor 3"


def test_the_next_best_comes_with_its_score_and_reasons() -> None:
    answer = best(excluded=["mentor 0"])
    assert isinstance(answer, Pair)
    assert (answer.score.points, answer.score.reasons[0].criterion) == (850_000, "areas")


def test_equally_good_mentors_are_asked_in_the_same_order_whatever_the_rows() -> None:
    people = [mentee("mentee 0"), *(mentor(f"m{at}") for at in range(9))]
    first = mentor_of(best(given=problem(*people)))
    assert all(mentor_of(best(given=problem(*Random(at).sample(people, 10)))) == first for at in range(5))


@pytest.mark.parametrize(
    ("taken", "excluded", "code", "figures"),
    [
        ({"mentor 0": 1, "mentor 1": 2, "mentor 3": 1}, [], "seats_taken", {"mentors": 3, "seats": 4}),
        ({"mentor 1": 2, "mentor 3": 1}, ["mentor 0"], "seats_taken", {"mentors": 2, "seats": 3}),
        ({}, ["mentor 0", "mentor 1", "mentor 3"], "everybody_asked", {"mentors": 3}),
    ],
)
def test_without_a_next_best_the_reason_is_told(
    taken: dict[str, int], excluded: list[str], code: str, figures: dict[str, int]
) -> None:
    answer = best(taken, excluded)
    assert isinstance(answer, Unmatched)
    assert (answer.code, answer.figures) == (code, figures)


@pytest.mark.parametrize(
    ("people", "code"),
    [
        ([mentee("mentee 0", format=MeetingFormat.AD_HOC), mentor("b")], "ad_hoc_only"),
        ([mentee("mentee 0", languages=["es"]), mentor("b", languages=["en"])], "no_common_language"),
        ([mentee("mentee 0", person_id="p"), mentor("b", person_id="p")], "same_person"),
        ([mentee("mentee 0"), mentor("b", format=MeetingFormat.AD_HOC)], "no_mentors"),
    ],
)
def test_who_can_be_matched_with_nobody_has_no_next_best(people: list[Candidate], code: str) -> None:
    answer = best(given=problem(*people))
    assert isinstance(answer, Unmatched)
    assert answer.code == code


def test_the_next_best_for_a_stranger_is_refused() -> None:
    with pytest.raises(ValueError, match="mentor 0 is no mentee"):
        next_best(CHOICE, {}, ApplicationId("mentor 0"), [])
