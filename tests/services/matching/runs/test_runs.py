"""Match runs on the engine in memory: computed, proved, told, and proposed slice by slice."""

import json
from datetime import timedelta
from typing import Any

import pytest

from services.matching.algorithm.both_sides import Pool
from services.matching.algorithm.people import Person
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.runs.commands import DiscardRun, PublishRun, RequestMatchRun
from services.matching.runs.model.run import MatchRun, RunStatus
from services.matching.runs.model.run_result import ROWS_PER_SLICE, RunPairs, RunUnmatched, slice_id
from services.matching.runs.reactions import AnnounceSlice, LeaveSlice, ProposeSlice
from services.matching.runs.task import MOST_PEOPLE, PoolTooLarge, check_size
from services.matching.service import service
from shared.contracts.intake import MeetingFormat, Role
from shared.contracts.matching import (
    MatchProposed,
    MatchRunCompleted,
    MatchRunRequested,
    NoMatchFound,
)
from shared.engine.authoring.aggregate import EffectFailed
from shared.ids import MatchRunId, ProgramId
from tests.scenario import Scenario
from tests.services.matching.program import (
    PROGRAM,
    accept_both,
    answers_due,
    check_nothing_waits,
    code,
    decline,
    last,
    of,
    profile,
    program,
    propose,
    proposed,
    publish,
    run,
    take_part,
    with_people,
    withdrawn,
)

SECOND = timedelta(seconds=1)


def outcomes(scenario: Scenario, run_id: MatchRunId) -> list[str]:
    return [pair.outcome for pair in scenario.get(RunPairs, slice_id(run_id, 0)).pairs]


def test_a_run_is_requested_then_computed_then_published() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben", "cleo"])
    answer = scenario.when(RequestMatchRun(program_id=PROGRAM))
    run_id = json.loads(answer.body)["id"]
    assert (answer.status, last(scenario, MatchRunRequested).run_id) == (201, run_id)
    assert scenario.get(MatchRun, run_id).status is RunStatus.REQUESTED
    scenario.perform()
    completed = last(scenario, MatchRunCompleted)
    assert (completed.size, completed.mentors, completed.mentees, completed.seats) == (2, 2, 2, 2)
    assert publish(scenario, run_id).status == 200
    assert of(scenario, MatchProposed) == []
    scenario.advance(SECOND)
    assert {one.run_id for one in of(scenario, MatchProposed)} == {run_id}
    assert {mentee for _, mentee in proposed(scenario)} == {"ben", "cleo"}
    assert outcomes(scenario, run_id) == ["proposed", "proposed"]
    check_nothing_waits(scenario)


def test_a_run_of_a_program_that_nobody_knows_is_not_found() -> None:
    assert program().when(RequestMatchRun(program_id=ProgramId("p2"))).status == 404


@pytest.mark.parametrize(("mentors", "mentees"), [({}, []), ({"ada": 1}, []), ({}, ["ben"])])
def test_a_pool_without_one_side_matches_nobody_and_says_why(mentors: dict[str, int], mentees: list[str]) -> None:
    scenario = with_people(mentors, mentees)
    run_id = run(scenario)
    scenario.advance(SECOND)
    assert last(scenario, MatchRunCompleted).size == 0
    told = {(one.application_id, one.reason) for one in of(scenario, NoMatchFound)}
    assert told == {(name, "no_mentees") for name in mentors} | {(name, "no_mentors") for name in mentees}
    publish(scenario, run_id)
    scenario.advance(SECOND)
    check_nothing_waits(scenario)


STEPS = {"publish": PublishRun, "discard": DiscardRun}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", RunStatus)
def test_only_a_completed_run_is_published_or_discarded(status: RunStatus, step: str) -> None:
    scenario = Scenario(service).given(MatchRun(id="r1", program_id=PROGRAM, status=status))
    answer = scenario.when(STEPS[step](run_id=MatchRunId("r1")))
    if status is RunStatus.COMPLETED:
        assert answer.status == 200
    else:
        assert (answer.status, code(answer)) == (409, "run-not-completed")
        assert str(answer.error).endswith(".")
        assert ": " in str(answer.error)


def test_a_discarded_run_proposes_nothing() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    assert scenario.when(DiscardRun(run_id=run(scenario))).status == 200
    scenario.advance(SECOND)
    assert of(scenario, MatchProposed) == []


def test_who_cannot_be_matched_is_told_and_keeps_out_nobody_else() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    take_part(scenario, "cleo", Role.MENTEE, meeting_format=MeetingFormat.AD_HOC)
    take_part(scenario, "dan", Role.MENTEE, time_zone="Mars/Olympus")
    run_id = run(scenario)
    scenario.advance(SECOND)
    told: dict[str, NoMatchFound] = {one.application_id: one for one in of(scenario, NoMatchFound)}
    assert {name: one.reason for name, one in told.items()} == {"cleo": "ad_hoc_only", "dan": "profile_invalid"}
    assert (told["cleo"].person_id, told["cleo"].run_id) == ("p-cleo", run_id)
    assert last(scenario, MatchRunCompleted).size == 1


def test_who_has_left_is_not_in_a_run() -> None:
    scenario = with_people({"ada": 1}, ["ben", "cleo"])
    scenario.when(withdrawn("ben", Role.MENTEE))
    scenario.when(profile("dan", Role.MENTEE))
    run_id = run(scenario)
    assert [pair.mentee_application_id for pair in pairs(scenario, run_id)] == ["cleo"]
    assert last(scenario, MatchRunCompleted).mentees == 1


def test_who_has_a_match_or_an_open_request_is_not_in_another_run() -> None:
    scenario = with_people({"ada": 2, "eve": 1, "flo": 1}, ["ben", "cleo", "dan"])
    accept_both(scenario, propose(scenario, "ada", "ben"))
    propose(scenario, "eve", "cleo")
    run(scenario)
    scenario.advance(SECOND)
    completed = last(scenario, MatchRunCompleted)
    assert (completed.mentees, completed.mentors, completed.seats, completed.size) == (1, 2, 2, 1)
    assert "eve" not in {one.application_id for one in of(scenario, NoMatchFound)}


def test_what_is_no_longer_possible_when_a_run_is_published_is_passed_over_and_the_mentee_goes_on() -> None:
    scenario = with_people({"ada": 1, "eve": 1, "flo": 1}, ["ben", "cleo"])
    run_id = run(scenario)
    mentor_of = {pair.mentee_application_id: pair.mentor_application_id for pair in pairs(scenario, run_id)}
    decline(scenario, propose(scenario, mentor_of["ben"], "ben"), "ben")
    scenario.when(withdrawn("cleo", Role.MENTEE))
    publish(scenario, run_id)
    scenario.advance(SECOND)
    results = {pair.mentee_application_id: pair.outcome for pair in pairs(scenario, run_id)}
    assert results == {"ben": "already-asked", "cleo": "mentee-not-in-pool"}
    scenario.perform()
    assert [mentee for _, mentee in proposed(scenario)] == ["ben", "ben", "ben"]
    assert len(set(proposed(scenario))) == 3
    check_nothing_waits(scenario)


def test_a_mentor_without_a_seat_by_the_time_of_publication_is_not_asked() -> None:
    scenario = with_people({"ada": 1}, ["ben", "cleo"])
    run_id = run(scenario)
    (pair,) = pairs(scenario, run_id)
    other = ({"ben", "cleo"} - {pair.mentee_application_id}).pop()
    accept_both(scenario, propose(scenario, "ada", other))
    publish(scenario, run_id)
    scenario.advance(SECOND).perform()
    assert outcomes(scenario, run_id) == ["seats-taken"]
    assert scenario.get(MenteeRequests, pair.mentee_application_id).reason == "seats_taken"


def pairs(scenario: Scenario, run_id: MatchRunId) -> list[Any]:
    return scenario.get(RunPairs, slice_id(run_id, 0)).pairs


def test_many_matches_are_stored_told_and_proposed_in_slices() -> None:
    count = ROWS_PER_SLICE + 20
    scenario = program()
    for number in range(count):
        take_part(scenario, f"mentor{number}", Role.MENTOR, languages=("en",), seats=1)
        take_part(scenario, f"mentee{number}", Role.MENTEE, languages=("en",))
        take_part(scenario, f"other{number}", Role.MENTEE, languages=("tr",))
    run_id = run(scenario)
    kept = scenario.get(MatchRun, run_id)
    assert (kept.pair_slices, kept.unmatched_slices, kept.figures.size) == (2, 2, count)
    assert len(scenario.get(RunUnmatched, slice_id(run_id, 1)).people) == 20
    publish(scenario, run_id)
    scenario.advance(timedelta(milliseconds=150))
    assert (len(of(scenario, MatchProposed)), len(of(scenario, NoMatchFound))) == (ROWS_PER_SLICE, ROWS_PER_SLICE)
    scenario.advance(SECOND)
    assert (len(of(scenario, MatchProposed)), len(of(scenario, NoMatchFound))) == (count, count)
    assert len(set(proposed(scenario))) == count
    check_nothing_waits(scenario)


def test_a_timer_that_comes_again_proposes_and_tells_nothing_anew() -> None:
    scenario = with_people({"ada": 1}, ["ben", "cleo"])
    run_id = run(scenario)
    publish(scenario, run_id)
    scenario.advance(SECOND)
    before = len(scenario.events())
    scenario.when(ProposeSlice(run_id=run_id, number=0))
    scenario.when(AnnounceSlice(run_id=run_id, number=0))
    scenario.when(LeaveSlice(run_id=run_id, number=0))
    assert len(scenario.events()) == before
    assert {timer.split("/")[1] for timer in answers_due(scenario)} == {last(scenario, MatchProposed).match_id}


def test_a_pool_that_is_too_large_is_refused_before_memory_is_short() -> None:
    many = Pool(mentors=tuple(Person(id=f"mentor {number}") for number in range(MOST_PEOPLE)), mentees=())
    check_size(many)
    with pytest.raises(PoolTooLarge, match="10,000 people and 4,000,000 pairs: this pool has 10,001 and 10,000"):
        check_size(Pool(mentors=many.mentors, mentees=(Person(id="mentee"),)))


def test_a_computation_that_is_given_up_fails_the_run() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    answer = scenario.when(RequestMatchRun(program_id=PROGRAM))
    run_id = json.loads(answer.body)["id"]
    scenario.when(EffectFailed(effect="SolveMatching", key=f"solve/{run_id}", reason="TimeoutError"), twice=False)
    assert scenario.get(MatchRun, run_id).problem == "TimeoutError"
