"""What was declined or has expired goes on to the next best, until somebody accepts or nobody is left."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.matching.proposals.model.fit import Fit
from services.matching.proposals.model.match_status import MatchStatus
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.next_mentor import ExpireMatch, NextBestFound, RemindOfMatch
from shared.contracts.intake import Role
from shared.contracts.matching import MatchAnswerAwaited, MatchDeclined, MatchExpired, MatchProposed
from shared.engine.authoring.aggregate import EffectFailed
from shared.engine.authoring.answer import Ending
from shared.ids import ApplicationId, MatchId
from tests.scenario import Scenario
from tests.services.matching.program import (
    PROGRAM,
    accept,
    accept_both,
    answers_due,
    check_nothing_waits,
    decline,
    last,
    of,
    propose,
    proposed,
    status,
    with_people,
    withdrawn,
)

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def test_a_mentor_who_declines_is_not_asked_again_and_the_mentee_goes_on() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben"])
    assert decline(scenario, propose(scenario, "ada", "ben"), "ada").status == 200
    assert last(scenario, MatchDeclined).declined_by is Role.MENTOR
    scenario.perform()
    assert proposed(scenario) == [("ada", "ben"), ("eve", "ben")]
    decline(scenario, last(scenario, MatchProposed).match_id, "ben")
    scenario.perform()
    assert len(proposed(scenario)) == 2
    mentee = scenario.get(MenteeRequests, "ben")
    assert (mentee.reason, mentee.figures) == ("everybody_asked", {"mentors": 2})
    assert answers_due(scenario) == {}


def test_a_proposal_that_both_let_expire_goes_to_the_next_best_each_week_until_nobody_is_left() -> None:
    scenario = with_people({"ada": 1, "eve": 1, "flo": 1}, ["ben"])
    propose(scenario, "ada", "ben")
    for week in range(1, 4):
        scenario.advance(WEEK - timedelta(milliseconds=1))
        assert len(of(scenario, MatchExpired)) == week - 1
        scenario.advance(timedelta(milliseconds=1)).perform()
        assert len(of(scenario, MatchExpired)) == week
    assert {mentor for mentor, _ in proposed(scenario)} == {"ada", "eve", "flo"}
    assert len(proposed(scenario)) == 3
    assert scenario.get(MenteeRequests, "ben").reason == "everybody_asked"
    check_nothing_waits(scenario)


def test_a_proposal_that_one_side_has_accepted_expires_too() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    accept(scenario, match, "ben")
    scenario.advance(WEEK)
    assert status(scenario, match) is MatchStatus.EXPIRED


def test_what_both_have_accepted_does_not_expire() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    accept_both(scenario, propose(scenario, "ada", "ben"))
    scenario.advance(WEEK)
    assert of(scenario, MatchExpired) == []


def test_a_timer_that_fires_late_finds_the_match_answered() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    accept_both(scenario, match)
    assert scenario.when(ExpireMatch(match_id=match)).ending is Ending.DONE
    assert status(scenario, match) is MatchStatus.ACCEPTED


def test_a_program_says_how_long_a_proposal_lives() -> None:
    scenario = with_people({"ada": 1}, ["ben"], proposal_days=2)
    propose(scenario, "ada", "ben")
    scenario.advance(2 * DAY)
    assert len(of(scenario, MatchExpired)) == 1


def test_who_has_not_answered_is_reminded_on_the_second_and_the_fifth_day() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    scenario.advance(2 * DAY - timedelta(milliseconds=1))
    assert of(scenario, MatchAnswerAwaited) == []
    scenario.advance(timedelta(milliseconds=1))
    accept(scenario, match, "ben")
    scenario.advance(3 * DAY)
    assert [event.awaited for event in of(scenario, MatchAnswerAwaited)] == [
        (Role.MENTOR, Role.MENTEE),
        (Role.MENTOR,),
    ]
    scenario.advance(WEEK)
    assert (len(of(scenario, MatchAnswerAwaited)), len(of(scenario, MatchExpired))) == (2, 1)


@pytest.mark.parametrize("end", [accept_both, lambda scenario, match: decline(scenario, match, "ben")])
def test_nobody_is_reminded_of_what_is_answered(end: Callable[[Scenario, MatchId], object]) -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    end(scenario, match)
    assert answers_due(scenario) == {}
    assert scenario.when(RemindOfMatch(match_id=match)).ending is Ending.DONE
    assert of(scenario, MatchAnswerAwaited) == []


def test_a_program_says_when_it_reminds_of_a_proposal_before_it_expires() -> None:
    scenario = with_people({"ada": 1}, ["ben"], proposal_days=4, proposal_reminder_days=(1, 3, 4, 5))
    match = propose(scenario, "ada", "ben")
    assert {*answers_due(scenario)} == {f"remind/{match}/1", f"remind/{match}/3", f"expire/{match}"}


def test_a_seat_that_is_promised_is_not_offered_to_who_goes_on() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben", "cleo"])
    propose(scenario, "eve", "cleo")
    decline(scenario, propose(scenario, "ada", "ben"), "ada")
    scenario.perform()
    mentee = scenario.get(MenteeRequests, "ben")
    assert (mentee.reason, mentee.figures) == ("seats_taken", {"mentors": 1, "seats": 1})


@pytest.mark.parametrize("how", ["full", "gone", "asked"])
def test_a_mentor_who_cannot_be_asked_any_more_when_found_is_passed_over_for_another_search(how: str) -> None:
    scenario = with_people({"ada": 1, "eve": 1, "flo": 1}, ["ben", "cleo"])
    decline(scenario, propose(scenario, "ada", "ben"), "ada")
    if how == "full":
        accept_both(scenario, propose(scenario, "eve", "cleo"))
    elif how == "gone":
        scenario.when(withdrawn("eve", Role.MENTOR))
    else:
        propose(scenario, "eve", "ben")
    before = len(proposed(scenario))
    scenario.when(found("eve", "ben"), twice=False)
    assert len(scenario.asked()) == 2
    assert len(proposed(scenario)) == before
    scenario.perform()
    assert proposed(scenario)[before:] == [("flo", "ben")]
    check_nothing_waits(scenario)


def test_two_who_go_on_to_the_same_mentor_at_once_do_not_crowd_the_last_seat() -> None:
    scenario = with_people({"ada": 2, "eve": 1, "flo": 1}, ["ben", "cleo"])
    for mentee in ("ben", "cleo"):
        decline(scenario, propose(scenario, "ada", mentee), "ada")
    for mentee in ("ben", "cleo"):
        scenario.when(found("eve", mentee, f"next-{mentee}"), twice=False)
    assert proposed(scenario)[2:] == [("eve", "ben")]
    assert [row["_id"].split("/")[2] for row in scenario.asked()].count("cleo") == 2


def test_who_has_a_mentor_by_the_time_another_is_found_is_left_alone() -> None:
    scenario = with_people({"ada": 1, "eve": 1, "flo": 1}, ["ben"])
    decline(scenario, propose(scenario, "ada", "ben"), "ada")
    accept_both(scenario, propose(scenario, "flo", "ben"))
    scenario.perform()
    assert proposed(scenario) == [("ada", "ben"), ("flo", "ben")]
    assert scenario.get(MenteeRequests, "ben").reason == ""
    check_nothing_waits(scenario)


def test_a_search_that_fails_leaves_a_reason() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben"])
    decline(scenario, propose(scenario, "ada", "ben"), "ada")
    key = scenario.asked()[0]["_id"].partition("/")[2]
    scenario.when(EffectFailed(effect="FindNextBest", key=key, reason="TimeoutError"), twice=False)
    assert scenario.get(MenteeRequests, "ben").reason == "search_failed"


def found(mentor: str, mentee: str, match_id: str = "next") -> NextBestFound:
    return NextBestFound(
        match_id=MatchId(match_id),
        program_id=PROGRAM,
        mentor_application_id=ApplicationId(mentor),
        mentee_application_id=ApplicationId(mentee),
        fit=Fit(points=500_000),
    )
