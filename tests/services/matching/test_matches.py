"""Proposals and their answers on the engine in memory: acceptance, the race for a seat, and going on."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random

import pytest

from services.matching.commands import AcceptMatch
from services.matching.model.fit import Fit
from services.matching.model.match import Match, MatchStatus
from services.matching.model.places import MenteeRequests, MentorSeats
from services.matching.service import service
from services.matching.solving import NextBestFound
from shared.contracts.intake import MeetingFormat, Role
from shared.contracts.matching import (
    MatchAccepted,
    MatchDeclined,
    MatchExpired,
    MatchProposed,
    MatchSuperseded,
)
from shared.engine.aggregate import EffectFailed
from shared.engine.executor import Executor
from shared.engine.message import Answer, Message
from shared.errors import Refusal
from shared.ids import ApplicationId, MatchId
from tests.scenario import START, Scenario
from tests.services.matching.program import (
    PROGRAM,
    accept,
    accept_both,
    check_nothing_waits,
    code,
    decline,
    last,
    of,
    profile,
    propose,
    proposed,
    take_part,
    try_to_propose,
    with_people,
    withdrawn,
)

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def status(scenario: Scenario, match_id: MatchId) -> MatchStatus:
    return scenario.get(Match, match_id).status


def test_a_match_proposed_by_hand_has_the_score_and_the_reasons_of_a_run() -> None:
    scenario = with_people({}, [])
    take_part(scenario, "ada", Role.MENTOR, areas=("backend", "cloud"), languages=("en", "it"), years=9)
    take_part(scenario, "ben", Role.MENTEE, areas=("Cloud",), languages=("it",), years=2)
    propose(scenario, "ada", "ben")
    event = last(scenario, MatchProposed)
    assert [(one.criterion, one.value) for one in event.reasons] == [("areas", 1), ("experience", 1)]
    assert (0 < event.score <= 1, event.run_id, event.expires_at) == (True, None, START + WEEK)
    assert scenario.planned() == {f"expire/{event.match_id}": START + WEEK}


@pytest.mark.parametrize(
    ("mentor", "mentee", "constraint"),
    [
        ({"languages": ("en",)}, {"languages": ("tr",)}, "no_common_language"),
        ({"person_id": "p-ben"}, {}, "same_person"),
        ({"meeting_format": MeetingFormat.AD_HOC}, {}, "ad_hoc_only"),
        ({}, {"meeting_format": MeetingFormat.AD_HOC}, "ad_hoc_only"),
        ({"seats": 0}, {}, "no_seats"),
    ],
)
def test_a_pair_that_a_hard_constraint_forbids_is_refused(
    mentor: dict[str, object], mentee: dict[str, object], constraint: str
) -> None:
    scenario = with_people({}, [])
    take_part(scenario, "ada", Role.MENTOR, **mentor)
    take_part(scenario, "ben", Role.MENTEE, **mentee)
    refused = try_to_propose(scenario, "ada", "ben")
    assert isinstance(refused.error, Refusal)
    assert (refused.status, refused.error.members["constraint"]) == (409, constraint)
    assert scenario.events() == []


def test_a_profile_that_cannot_be_compared_is_refused_with_the_remedy() -> None:
    scenario = with_people({"ada": 1}, [])
    take_part(scenario, "ben", Role.MENTEE, time_zone="Mars/Olympus")
    assert code(try_to_propose(scenario, "ada", "ben")) == "profile-invalid"


def test_two_are_proposed_to_each_other_once() -> None:
    scenario = with_people({"ada": 2}, ["ben"])
    match = propose(scenario, "ada", "ben")
    assert code(try_to_propose(scenario, "ada", "ben")) == "already-asked"
    decline(scenario, match, "ada")
    assert code(try_to_propose(scenario, "ada", "ben")) == "already-asked"


def test_a_mentee_has_as_many_open_requests_as_the_program_allows() -> None:
    scenario = with_people({"ada": 1, "eve": 1, "flo": 1}, ["ben"], open_requests=2)
    propose(scenario, "ada", "ben")
    propose(scenario, "eve", "ben")
    assert code(try_to_propose(scenario, "flo", "ben")) == "requests-exhausted"


def test_the_second_yes_takes_the_seat_and_closes_the_other_requests_of_the_mentee() -> None:
    scenario = with_people({"ada": 2, "eve": 2}, ["ben", "cleo"])
    first, second, third = (propose(scenario, *pair) for pair in [("ada", "ben"), ("eve", "ben"), ("ada", "cleo")])
    assert accept(scenario, first, "ben").status == 200
    assert of(scenario, MatchAccepted) == []
    assert accept(scenario, first, "ada").status == 200
    (superseded,) = of(scenario, MatchSuperseded)
    assert (superseded.match_id, superseded.accepted_match_id) == (second, first)
    assert status(scenario, third) is MatchStatus.PROPOSED
    assert scenario.get(MentorSeats, "ada").taken == [first]
    assert scenario.get(MentorSeats, "eve").open == {}
    assert list(scenario.planned()) == [f"expire/{third}"]
    assert scenario.asked() == []


def test_the_last_seat_ends_the_other_proposals_of_the_mentor_and_those_mentees_go_on() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben", "cleo", "dan"])
    to_ben, to_cleo, to_dan = (propose(scenario, "ada", mentee) for mentee in ("ben", "cleo", "dan"))
    accept(scenario, to_cleo, "cleo")
    accept_both(scenario, to_ben)
    assert {event.match_id for event in of(scenario, MatchSuperseded)} == {to_cleo, to_dan}
    scenario.perform()
    assert proposed(scenario)[3:] == [("eve", "cleo")]
    assert scenario.get(MenteeRequests, "dan").reason == "seats_taken"
    check_nothing_waits(scenario)


def test_an_answer_to_what_another_match_has_ended_is_refused_with_a_sentence() -> None:
    scenario = with_people({"ada": 1}, ["ben", "cleo"])
    to_ben, to_cleo = propose(scenario, "ada", "ben"), propose(scenario, "ada", "cleo")
    accept_both(scenario, to_ben)
    refused = accept(scenario, to_cleo, "cleo")
    assert (refused.status, str(refused.error)) == (
        409,
        "Another match was accepted first, so this one is off: wait for the next proposal.",
    )


def test_seats_that_the_profile_no_longer_offers_cannot_be_taken() -> None:
    scenario = with_people({"ada": 2}, ["ben", "cleo"])
    to_ben, to_cleo = propose(scenario, "ada", "ben"), propose(scenario, "ada", "cleo")
    accept_both(scenario, to_ben)
    scenario.advance(timedelta(seconds=1)).when(profile("ada", Role.MENTOR, seats=1))
    accept(scenario, to_cleo, "cleo")
    assert code(accept(scenario, to_cleo, "ada")) == "seats-taken"
    assert status(scenario, to_cleo) is MatchStatus.MENTEE_ACCEPTED


@pytest.mark.parametrize("actor", ["client/test", "operator/root", "person/p-cleo"])
def test_nobody_accepts_for_somebody_else(actor: str) -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    match = propose(scenario, "ada", "ben")
    assert scenario.when(AcceptMatch(match_id=match), actor=actor).status == 403
    allowed = {handler.name: handler.http.allow for handler in service.commands if handler.http}
    assert allowed["AcceptMatch"] == allowed["DeclineMatch"] == {"person"}


class Race:
    """Two last acceptances at once, in one process or in two that know nothing of each other but the database."""

    def __init__(self, scenario: Scenario, commands: Sequence[tuple[MatchId, str]]) -> None:
        self.scenario = scenario
        self.messages = [
            scenario.messages(AcceptMatch(match_id=match), f"person/p-{name}")[0] for match, name in commands
        ]

    def submitted(self) -> list[Answer]:
        """Concurrent requests to one process."""
        executor = self.scenario.executor

        async def race() -> list[Answer]:
            running = asyncio.create_task(executor.run())
            answers = await asyncio.gather(*map(executor.submit, self.messages))
            running.cancel()
            return answers

        return self.scenario.loop.run_until_complete(race())

    def apart(self) -> list[Answer]:
        """Each in a process of its own."""
        scenario = self.scenario

        async def handle(message: Message, seed: int) -> Answer:
            executor = Executor(service, scenario.store, lambda: scenario.now, Random(seed))
            return (await executor.handle([message]))[0]

        async def race() -> list[Answer]:
            return await asyncio.gather(*(handle(message, seed) for seed, message in enumerate(self.messages)))

        return scenario.loop.run_until_complete(race())


@pytest.mark.parametrize("how", [Race.submitted, Race.apart])
@pytest.mark.parametrize("last_to_answer", ["mentees", "mentor"])
def test_of_two_last_acceptances_at_once_one_gets_the_last_seat(
    how: Callable[["Race"], list[Answer]], last_to_answer: str
) -> None:
    scenario = with_people({"ada": 1}, ["ben", "cleo"])
    to_ben, to_cleo = propose(scenario, "ada", "ben"), propose(scenario, "ada", "cleo")
    if last_to_answer == "mentees":
        accept(scenario, to_ben, "ada")
        accept(scenario, to_cleo, "ada")
        race = Race(scenario, [(to_ben, "ben"), (to_cleo, "cleo")])
    else:
        accept(scenario, to_ben, "ben")
        accept(scenario, to_cleo, "cleo")
        race = Race(scenario, [(to_ben, "ada"), (to_cleo, "ada")])
    answers = how(race)
    assert sorted(answer.status for answer in answers) == [200, 409]
    (refused,) = (answer.error for answer in answers if answer.status == 409)
    assert str(refused) == "Another match was accepted first, so this one is off: wait for the next proposal."
    seats = scenario.get(MentorSeats, "ada")
    assert (len(seats.taken), seats.open) == (1, {})
    assert sorted([status(scenario, to_ben), status(scenario, to_cleo)]) == ["accepted", "superseded"]


def test_of_two_mentors_who_accept_one_mentee_at_once_one_gets_her() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben"])
    first, second = propose(scenario, "ada", "ben"), propose(scenario, "eve", "ben")
    accept(scenario, first, "ben")
    accept(scenario, second, "ben")
    answers = Race(scenario, [(first, "ada"), (second, "eve")]).apart()
    assert sorted(answer.status for answer in answers) == [200, 409]
    assert scenario.get(MenteeRequests, "ben").accepted in (first, second)


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
    assert scenario.planned() == {}


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


def test_a_program_says_how_long_a_proposal_lives() -> None:
    scenario = with_people({"ada": 1}, ["ben"], proposal_days=2)
    propose(scenario, "ada", "ben")
    scenario.advance(2 * DAY)
    assert len(of(scenario, MatchExpired)) == 1


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
