"""While two talk before they decide, the clock of their proposal stops: for a week at a time, and twice at most."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from pydantic import ValidationError

from services.matching.proposals.commands import AskBack, ExtendProposal
from services.matching.proposals.model.match import Match
from shared.contracts.intake import Role
from shared.contracts.matching import (
    MatchAnswerAwaited,
    MatchExpired,
    MatchExtended,
    MatchQuestionAsked,
    MatchSuperseded,
)
from shared.engine.authoring.answer import Answer
from shared.ids import MatchId
from tests.scenario import START, Scenario
from tests.services.matching.over_http import as_client, as_person
from tests.services.matching.program import (
    accept,
    accept_both,
    answers_due,
    check_nothing_waits,
    code,
    decline,
    last,
    of,
    propose,
    with_people,
)
from tests.shared.web.api import asking

DAY, WEEK = timedelta(days=1), timedelta(days=7)
PAST: Mapping[str, Callable[[Scenario, MatchId], Answer]] = {
    "accepted": accept_both,
    "declined": lambda scenario, match: decline(scenario, match, "ben"),
}


def ask_back(scenario: Scenario, match: MatchId, name: str, text: str = "When do you have time?") -> Answer:
    return scenario.when(AskBack(match_id=match, text=text), actor=f"person/p-{name}")


def extend(scenario: Scenario, match: MatchId, name: str) -> Answer:
    return scenario.when(ExtendProposal(match_id=match), actor=f"person/p-{name}")


WAYS = pytest.mark.parametrize("way", [ask_back, extend])
Way = Callable[[Scenario, MatchId, str], Answer]


@WAYS
@pytest.mark.parametrize("name", ["ada", "ben"])
def test_the_clock_stops_for_a_week_whoever_talks(way: Way, name: str) -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    scenario.advance(3 * DAY)
    assert way(scenario, match, name).status == 200
    assert answers_due(scenario) == {
        f"expire/{match}": START + 14 * DAY,
        f"remind/{match}/5": START + 12 * DAY,
    }
    scenario.advance(11 * DAY - timedelta(milliseconds=1))
    assert of(scenario, MatchExpired) == []
    assert last(scenario, MatchAnswerAwaited).expires_at == START + 14 * DAY
    scenario.advance(timedelta(milliseconds=1))
    assert len(of(scenario, MatchExpired)) == 1
    check_nothing_waits(scenario)


def test_reminders_come_a_week_later_too_and_each_of_them_once() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    ask_back(scenario, match, "ben")
    scenario.advance(9 * DAY)
    assert len(of(scenario, MatchAnswerAwaited)) == 1
    extend(scenario, match, "ada")
    scenario.advance(10 * DAY)
    assert len(of(scenario, MatchAnswerAwaited)) == 2
    scenario.advance(2 * DAY)
    assert (len(of(scenario, MatchAnswerAwaited)), len(of(scenario, MatchExpired))) == (2, 1)
    assert scenario.now == START + 21 * DAY


@pytest.mark.parametrize("first", [ask_back, extend])
@pytest.mark.parametrize("second", [ask_back, extend])
def test_a_third_extension_is_refused_with_the_last_day(first: Way, second: Way) -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    first(scenario, match, "ben")
    second(scenario, match, "ada")
    refused = extend(scenario, match, "ben")
    assert (refused.status, code(refused)) == (409, "extensions-used-up")
    assert str(refused.error) == "There was more time twice already: accept or decline by 2027-01-25 09:00 UTC."
    assert scenario.get(Match, match).expires_at == START + 21 * DAY


def test_a_third_message_is_passed_on_and_moves_nothing() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    for name in ("ben", "ada", "ben"):
        assert ask_back(scenario, match, name).status == 200
    asked = of(scenario, MatchQuestionAsked)
    assert [(one.asked_by, one.number) for one in asked] == [(Role.MENTEE, 1), (Role.MENTOR, 2), (Role.MENTEE, 3)]
    assert [one.expires_at - START for one in asked] == [14 * DAY, 21 * DAY, 21 * DAY]


def test_an_extension_says_who_has_more_time_and_until_when() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    extend(scenario, match, "ada")
    event = last(scenario, MatchExtended)
    assert (event.extended_by, event.times, event.expires_at) == (Role.MENTOR, 1, START + 14 * DAY)


def test_so_many_messages_are_enough() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    for _ in range(20):
        assert ask_back(scenario, match, "ben").status == 200
    refused = ask_back(scenario, match, "ada")
    assert (refused.status, code(refused)) == (409, "conversation-full")
    assert "accept or decline" in str(refused.error)
    assert scenario.get(Match, match).messages == 20


@WAYS
@pytest.mark.parametrize("how", PAST)
def test_there_is_no_more_time_for_what_is_answered(way: Way, how: str) -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    PAST[how](scenario, match)
    assert code(way(scenario, match, "ben")) == "match-not-open"
    assert answers_due(scenario) == {}


@WAYS
def test_there_is_no_more_time_once_it_has_expired(way: Way) -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    scenario.now += WEEK  # the timer is late
    assert code(way(scenario, match, "ben")) == "match-not-open"


@WAYS
def test_nobody_talks_for_somebody_else(way: Way) -> None:
    scenario = with_people({"ada": 1}, ["ben", "cleo"])
    match = propose(scenario, "ada", "ben")
    assert way(scenario, match, "cleo").status == 404
    assert scenario.when(ExtendProposal(match_id=match), actor="client/hr").status == 403


def test_who_has_accepted_may_still_talk_and_the_other_side_accept() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    accept(scenario, match, "ben")
    ask_back(scenario, match, "ben")
    scenario.advance(10 * DAY)
    assert accept(scenario, match, "ada").status == 200


def test_acceptances_win_while_others_talk() -> None:
    scenario = with_people({"ada": 1}, ["ben", "cleo"])
    to_ben, to_cleo = propose(scenario, "ada", "ben"), propose(scenario, "ada", "cleo")
    ask_back(scenario, to_ben, "ben")
    accept_both(scenario, to_cleo)
    assert [event.match_id for event in of(scenario, MatchSuperseded)] == [to_ben]
    assert answers_due(scenario) == {}


@pytest.mark.parametrize("text", ["", "  \n ", "\u200b", "x" * 2001])
def test_a_message_has_something_to_say_and_an_end(text: str) -> None:
    with pytest.raises(ValidationError):
        AskBack(match_id=MatchId("m"), text=text)


def test_only_the_two_read_what_they_have_written_and_no_event_has_it() -> None:
    scenario = with_people({"ada": 1}, ["ben", "cleo"])
    match = propose(scenario, "ada", "ben")
    ask_back(scenario, match, "ben", "Do you like\u202e hiking?")
    ask_back(scenario, match, "ada", "Yes!")
    assert all("hiking" not in event.model_dump_json() for event in scenario.events())
    with asking(scenario) as api:
        for name in ("ada", "ben"):
            as_person(api, name)
            messages = api.get(f"/v1/matches/{match}/messages").json()
            assert [(one["by"], one["text"]) for one in messages] == [
                ("mentee", "Do you like hiking?"),
                ("mentor", "Yes!"),
            ]
        as_person(api, "cleo")
        assert api.get(f"/v1/matches/{match}/messages").status_code == 404
        as_client(api)
        assert api.get(f"/v1/matches/{match}/messages").status_code == 403
        shown = api.get(f"/v1/matches/{match}").json()
        assert (shown["messages"], shown["extensions_left"]) == (2, 0)
