"""Who is left over is not forgotten: told once, and then monthly as long as they have nobody."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.matching.pool.model.participant import Participant
from services.matching.proposals.commands import UnwindMatch
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.runs.commands import DiscardRun, RequestMatchRun
from services.matching.runs.model.run_settings import RunStrategy
from shared.contracts.intake import MeetingFormat, Role
from shared.contracts.matching import LeftWithoutMatch, MatchProposed, MatchRunCompleted, WaitingEnded
from shared.engine.authoring.aggregate import EffectFailed
from shared.ids import ApplicationId
from tests.scenario import START, Scenario
from tests.services.matching.program import (
    PROGRAM,
    accept_both,
    capacity,
    check_nothing_waits,
    decline,
    last,
    left,
    match_both,
    of,
    paused,
    propose,
    proposed,
    publish,
    resumed,
    run,
    seats_are_free,
    take_part,
    try_to_propose,
    with_people,
    withdrawn,
)
from tests.services.matching.waitlist.left_over import after_run, told, waiting

SECOND, DAY, MONTH = timedelta(seconds=1), timedelta(days=1), timedelta(days=30)


def pass_days(scenario: Scenario, days: int) -> None:
    """Days pass, and what is looked for is found, or not."""
    for _ in range(days):
        scenario.advance(DAY)
        while scenario.asked():
            scenario.perform()


def test_three_mentees_and_a_seat_two_are_told_once_then_monthly_until_the_seat_is_free() -> None:
    scenario = after_run({"ada": 1}, ["ben", "cleo", "dan"])
    ((_, first),) = proposed(scenario)
    others = {"ben", "cleo", "dan"} - {first}
    assert {*told(scenario)} == others
    event = last(scenario, LeftWithoutMatch)
    assert (event.reason, event.times, event.next_look_at - event.since) == ("seats_taken", 1, MONTH)
    with_first = last(scenario, MatchProposed).match_id
    pass_days(scenario, 29)
    assert len(told(scenario)) == 2
    pass_days(scenario, 32)
    assert sorted(told(scenario)) == sorted([*others] * 3)
    assert {one.times for one in of(scenario, LeftWithoutMatch)} == {1, 2, 3}
    scenario.when(UnwindMatch(match_id=with_first))
    pass_days(scenario, 1)
    ((_, second),) = proposed(scenario)[1:]
    assert second in others
    assert [(one.application_id, one.times) for one in of(scenario, WaitingEnded)] == [(second, 3)]
    check_nothing_waits(scenario)


def test_mentors_who_are_left_over_are_told_too_and_shown_no_seats_that_they_do_not_offer() -> None:
    scenario = with_people({"ada": 1, "eve": 1, "zoe": 0}, ["ben"])
    take_part(scenario, "flo", Role.MENTOR, meeting_format=MeetingFormat.AD_HOC)
    publish(scenario, run(scenario))
    scenario.advance(SECOND)
    ((matched, _),) = proposed(scenario)
    accept_both(scenario, last(scenario, MatchProposed).match_id)
    (idle,) = {"ada", "eve"} - {matched}
    assert told(scenario) == [idle]
    assert last(scenario, LeftWithoutMatch).role is Role.MENTOR
    pass_days(scenario, 31)
    assert told(scenario) == [idle, idle]
    scenario.when(capacity(idle, Role.MENTOR, 0))
    assert last(scenario, WaitingEnded).application_id == idle
    pass_days(scenario, 40)
    assert told(scenario) == [idle, idle]
    scenario.when(capacity(idle, Role.MENTOR, 1))
    pass_days(scenario, 1)
    assert told(scenario) == [idle] * 3


def test_a_mentor_who_comes_back_waits_again_and_is_not_told_again_within_the_month() -> None:
    scenario = after_run({"ada": 1, "eve": 1}, ["ben"])
    (idle,) = told(scenario)
    scenario.when(paused(idle, Role.MENTOR))
    pass_days(scenario, 5)
    scenario.when(resumed(idle, Role.MENTOR))
    pass_days(scenario, 1)
    assert (waiting(scenario, idle), told(scenario)) == (True, [idle])
    pass_days(scenario, 25)
    assert told(scenario) == [idle, idle]


def test_a_mentor_who_is_asked_waits_no_longer_and_does_again_if_nothing_comes_of_it() -> None:
    scenario = after_run({"ada": 1, "eve": 1}, ["ben"])
    (idle,) = told(scenario)
    take_part(scenario, "cleo", Role.MENTEE)
    decline(scenario, propose(scenario, idle, "cleo"), "cleo")
    assert not waiting(scenario, idle)
    pass_days(scenario, 31)
    assert told(scenario).count(idle) == 2


@pytest.mark.parametrize("is_what_if", [True, False])
def test_what_is_not_published_leaves_nobody_waiting(is_what_if: bool) -> None:
    scenario = with_people({"ada": 1}, ["ben", "cleo"])
    run_id = run(scenario)
    if is_what_if:
        scenario.when(RequestMatchRun(program_id=PROGRAM, what_if=True))
        scenario.perform()
    scenario.when(DiscardRun(run_id=run_id))
    pass_days(scenario, 40)
    assert told(scenario) == []


@pytest.mark.parametrize("strategy", ["optimal", "stable", "group"])
def test_whatever_the_strategy_who_is_left_over_waits(strategy: RunStrategy) -> None:
    scenario = with_people({"ada": 2}, ["ben", "cleo", "dan"])
    scenario.when(RequestMatchRun(program_id=PROGRAM, strategy=strategy))
    scenario.perform()
    publish(scenario, last(scenario, MatchRunCompleted).run_id)
    scenario.advance(SECOND)
    assert {*told(scenario)} == {"ben", "cleo", "dan"} - {mentee for _, mentee in proposed(scenario)}
    assert len(told(scenario)) == 1


def test_who_is_asked_between_the_run_and_its_publication_is_not_told() -> None:
    scenario = with_people({"ada": 1, "eve": 0}, ["ben", "cleo"])
    run_id = run(scenario)
    for mentee in ("ben", "cleo"):
        propose(scenario, "ada", mentee)
    publish(scenario, run_id)
    scenario.advance(SECOND)
    assert told(scenario) == []


@pytest.mark.parametrize("how", [withdrawn, left, paused])
@pytest.mark.parametrize("role", [Role.MENTEE, Role.MENTOR])
def test_who_leaves_or_pauses_is_told_no_more(how: Callable[[str, Role], MatchProposed], role: Role) -> None:
    scenario = after_run({"ada": 1}, ["ben", "cleo"]) if role is Role.MENTEE else after_run({"ada": 1, "eve": 1}, [])
    for name in told(scenario):
        scenario.when(how(name, role))
        assert not waiting(scenario, name)
    assert len(of(scenario, WaitingEnded)) == len(told(scenario))
    count = len(told(scenario))
    pass_days(scenario, 70)
    assert len(told(scenario)) == count
    check_nothing_waits(scenario)


def test_who_comes_back_after_a_pause_is_looked_for_and_not_told_again_within_the_month() -> None:
    scenario = after_run({"ada": 1}, ["ben", "cleo"])
    (name,) = told(scenario)
    scenario.when(paused(name, Role.MENTEE))
    pass_days(scenario, 10)
    scenario.when(resumed(name, Role.MENTEE))
    scenario.perform()
    assert (waiting(scenario, name), told(scenario)) == (True, [name])
    pass_days(scenario, 20)
    assert told(scenario) == [name, name]


def test_two_runs_on_one_day_tell_people_once() -> None:
    scenario = after_run({"ada": 1}, ["ben", "cleo"])
    publish(scenario, run(scenario))
    scenario.advance(SECOND)
    assert len(told(scenario)) == 1


def test_a_search_that_finds_nobody_leaves_the_mentee_waiting() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    decline(scenario, propose(scenario, "ada", "ben"), "ada")
    scenario.perform()
    event = last(scenario, LeftWithoutMatch)
    assert (event.application_id, event.person_id, event.reason) == ("ben", "p-ben", "everybody_asked")
    assert (event.since, event.next_look_at) == (START, START + MONTH)


def test_who_has_a_mentor_and_wants_another_is_not_told_that_there_is_none() -> None:
    scenario = with_people({"ada": 1}, [])
    take_part(scenario, "ben", Role.MENTEE, mentors=2)
    match_both(scenario, "ada", "ben")
    publish(scenario, run(scenario))
    scenario.advance(SECOND)
    assert told(scenario) == []
    assert scenario.get(MenteeRequests, "ben").waits_for_mentor


def test_a_search_that_fails_is_tried_again_the_next_day() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben"])
    decline(scenario, propose(scenario, "ada", "ben"), "ada")
    key = scenario.asked()[0]["_id"].partition("/")[2]
    scenario.when(EffectFailed(effect="FindNextBest", key=key, reason="TimeoutError"), twice=False)
    scenario.store.collections["effects"].clear()
    scenario.advance(DAY)
    scenario.perform()
    assert proposed(scenario)[1:] == [("eve", "ben")]


def test_since_when_somebody_waits_is_kept_until_they_have_a_match() -> None:
    scenario = after_run({}, ["ben"])
    began = scenario.get(Participant, "ben").wait.since
    scenario.advance(DAY)
    take_part(scenario, "ada", Role.MENTOR, seats=1)
    seats_are_free(scenario)
    decline(scenario, last(scenario, MatchProposed).match_id, "ada")
    scenario.perform()
    assert scenario.get(Participant, "ben").wait.since == began
    assert told(scenario) == ["ben"]
    take_part(scenario, "eve", Role.MENTOR, seats=1)
    seats_are_free(scenario)
    accept_both(scenario, last(scenario, MatchProposed).match_id)
    assert scenario.get(Participant, "ben").wait.since is None


def test_a_proposal_by_hand_ends_the_wait() -> None:
    scenario = after_run({}, ["ben"])
    take_part(scenario, "ada", Role.MENTOR, seats=1)
    assert try_to_propose(scenario, "ada", "ben").status == 201
    assert [one.application_id for one in of(scenario, WaitingEnded)] == [ApplicationId("ben")]
