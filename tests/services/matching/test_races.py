"""Answers that come at once: one of them wins, and the other is told in a sentence."""

import asyncio
from collections.abc import Callable

import pytest

from services.matching.proposals.commands import AcceptMatch
from services.matching.proposals.model.match_status import MatchStatus
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from shared.engine.authoring.answer import Answer
from shared.engine.batch.message import Message
from shared.ids import MatchId
from tests.scenario import Scenario
from tests.services.matching.program import accept, propose, race, status, with_people


def together(scenario: Scenario, *messages: Message) -> list[Answer]:
    """Concurrent requests to one process."""

    async def submit() -> list[Answer]:
        running = asyncio.create_task(scenario.executor.run())
        answers = await asyncio.gather(*map(scenario.executor.submit, messages))
        running.cancel()
        return answers

    return scenario.loop.run_until_complete(submit())


def acceptance(scenario: Scenario, match: MatchId, name: str) -> Message:
    return scenario.messages(AcceptMatch(match_id=match), f"person/p-{name}")[0]


@pytest.mark.parametrize("at_once", [together, race])
@pytest.mark.parametrize("last_to_answer", ["mentees", "mentor"])
def test_of_two_last_acceptances_at_once_one_gets_the_last_seat(
    at_once: Callable[..., list[Answer]], last_to_answer: str
) -> None:
    """In one process, and in two that know nothing of each other but the database."""
    scenario = with_people({"ada": 1}, ["ben", "cleo"])
    to_ben, to_cleo = propose(scenario, "ada", "ben"), propose(scenario, "ada", "cleo")
    of_ada = [(to_ben, "ada"), (to_cleo, "ada")]
    of_mentees = [(to_ben, "ben"), (to_cleo, "cleo")]
    earlier, last_ones = (of_ada, of_mentees) if last_to_answer == "mentees" else (of_mentees, of_ada)
    for match, name in earlier:
        accept(scenario, match, name)
    answers = at_once(scenario, *(acceptance(scenario, match, name) for match, name in last_ones))
    assert [answer.status for answer in answers] == [200, 409]
    assert str(answers[1].error) == "Another match was accepted first, so this one is off: wait for the next proposal."
    seats = scenario.get(MentorSeats, "ada")
    assert (seats.accepted, seats.open) == ([to_ben], {})
    assert (status(scenario, to_ben), status(scenario, to_cleo)) == (MatchStatus.ACCEPTED, MatchStatus.SUPERSEDED)


def test_of_two_mentors_who_accept_one_mentee_at_once_one_gets_her() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben"])
    first, second = propose(scenario, "ada", "ben"), propose(scenario, "eve", "ben")
    accept(scenario, first, "ben")
    accept(scenario, second, "ben")
    answers = race(scenario, acceptance(scenario, first, "ada"), acceptance(scenario, second, "eve"))
    assert [answer.status for answer in answers] == [200, 409]
    assert scenario.get(MenteeRequests, "ben").accepted == [first]


def test_a_first_yes_and_the_last_seat_going_elsewhere_at_once_leave_no_half_match() -> None:
    scenario = with_people({"ada": 1}, ["ben", "cleo"])
    to_ben, to_cleo = propose(scenario, "ada", "ben"), propose(scenario, "ada", "cleo")
    accept(scenario, to_ben, "ada")
    answers = race(scenario, acceptance(scenario, to_ben, "ben"), acceptance(scenario, to_cleo, "ada"))
    assert [answer.status for answer in answers] == [200, 409]
    assert status(scenario, to_cleo) is MatchStatus.SUPERSEDED
