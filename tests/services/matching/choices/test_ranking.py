"""Self-service: a mentee sees the best mentors with room, and ranks those who are to be asked."""

import pytest
from pydantic import ValidationError

from services.matching.choices.commands import MOST_RANKED, RankMentors
from services.matching.proposals.model.requests import MenteeRequests
from shared.contracts.intake import Role
from shared.contracts.matching import MatchProposed
from shared.engine.authoring.answer import Answer
from shared.ids import ApplicationId
from tests.scenario import Scenario
from tests.services.matching.over_http import as_client, as_person
from tests.services.matching.program import (
    PROGRAM,
    accept_both,
    check_nothing_waits,
    code,
    decline,
    match_both,
    of,
    paused,
    propose,
    proposed,
    take_part,
    with_people,
)
from tests.shared.web.api import asking

BEST_FIRST = {"eve": 9, "ada": 6, "flo": 4, "ida": 3}
"""Years of the mentors: the more, the better for a beginner."""


def choosing(**rules: int) -> Scenario:
    """Ben may choose among four mentors with a seat each."""
    scenario = with_people({}, [], **rules)
    for name, years in BEST_FIRST.items():
        take_part(scenario, name, Role.MENTOR, seats=1, years=years)
    take_part(scenario, "ben", Role.MENTEE, years=1)
    return scenario


def rank(scenario: Scenario, *mentors: str, actor: str = "person/p-ben") -> Answer:
    command = RankMentors(
        program_id=PROGRAM,
        mentee_application_id=ApplicationId("ben"),
        mentor_application_ids=tuple(ApplicationId(mentor) for mentor in mentors),
    )
    return scenario.when(command, actor=actor)


def perform_all(scenario: Scenario) -> None:
    while scenario.asked():
        scenario.perform()


def test_as_many_are_asked_in_their_order_as_there_are_open_requests() -> None:
    scenario = choosing(open_requests=2)
    assert rank(scenario, "flo", "ida", "ada").status == 200
    perform_all(scenario)
    assert proposed(scenario) == [("flo", "ben"), ("ida", "ben")]
    assert scenario.get(MenteeRequests, "ben").ranked == ["ada"]


def test_who_is_ranked_and_was_not_asked_comes_before_the_best() -> None:
    scenario = choosing(open_requests=2)
    rank(scenario, "flo", "ida", "ada")
    perform_all(scenario)
    decline(scenario, of(scenario, MatchProposed)[0].match_id, "flo")
    perform_all(scenario)
    assert proposed(scenario)[2:] == [("ada", "ben")]
    decline(scenario, of(scenario, MatchProposed)[1].match_id, "ida")
    perform_all(scenario)
    assert proposed(scenario)[3:] == [("eve", "ben")]


def test_nobody_else_is_asked_while_those_who_are_ranked_have_no_room() -> None:
    scenario = choosing()
    take_part(scenario, "cleo", Role.MENTEE)
    match_both(scenario, "flo", "cleo")
    rank(scenario, "ada", "flo")
    perform_all(scenario)
    assert proposed(scenario)[1:] == [("ada", "ben")]
    check_nothing_waits(scenario)


def test_who_asks_only_those_without_room_waits_for_a_seat() -> None:
    scenario = choosing()
    take_part(scenario, "cleo", Role.MENTEE)
    match_both(scenario, "flo", "cleo")
    rank(scenario, "flo")
    perform_all(scenario)
    mentee = scenario.get(MenteeRequests, "ben")
    assert (mentee.reason, mentee.ranked) == ("seats_taken", ["flo"])


def test_a_new_ranking_takes_the_place_of_the_one_before() -> None:
    scenario = choosing(open_requests=1)
    rank(scenario, "flo", "ida", "ada")
    perform_all(scenario)
    rank(scenario, "eve")
    assert scenario.get(MenteeRequests, "ben").ranked == ["eve"]
    assert scenario.asked() == []


def test_each_mentor_is_ranked_once_and_so_many_at_most() -> None:
    scenario = choosing()
    with pytest.raises(ValidationError, match="name each mentor once: ada"):
        rank(scenario, "ada", "eve", "ada")
    with pytest.raises(ValidationError, match=f"at most {MOST_RANKED}"):
        rank(scenario, *(f"m{number}" for number in range(MOST_RANKED + 1)))
    with pytest.raises(ValidationError, match="at least 1"):
        rank(scenario)


@pytest.mark.parametrize(
    ("ranked", "refusal"),
    [
        ("nobody", "not-found"),
        ("cleo", "mentor-not-in-pool"),
        ("ida", "mentor-paused"),
        ("flo", "already-asked"),
        ("twin", "pair-not-allowed"),
        ("zoe", "pair-not-allowed"),
    ],
)
def test_strangers_oneself_and_who_cannot_be_asked_are_refused(ranked: str, refusal: str) -> None:
    scenario = choosing()
    take_part(scenario, "cleo", Role.MENTEE)
    take_part(scenario, "twin", Role.MENTOR, person_id="p-ben")
    take_part(scenario, "zoe", Role.MENTOR, seats=0)
    scenario.when(paused("ida", Role.MENTOR))
    decline(scenario, propose(scenario, "flo", "ben"), "flo")
    assert code(rank(scenario, "eve", ranked)) == refusal
    assert scenario.get(MenteeRequests, "ben").ranked == []


def test_nobody_ranks_for_another_mentee() -> None:
    scenario = choosing()
    assert rank(scenario, "ada", actor="person/p-ada").status == 404
    assert rank(scenario, "ada", actor="client/hr").status == 200


def test_who_has_a_mentor_ranks_nobody() -> None:
    scenario = choosing()
    accept_both(scenario, propose(scenario, "ada", "ben"))
    assert code(rank(scenario, "eve")) == "mentee-matched"


def test_a_mentee_sees_whom_they_have_ranked_and_how_many_are_asked_at_once() -> None:
    scenario = choosing(open_requests=1)
    take_part(scenario, "cleo", Role.MENTEE)
    with asking(scenario) as api:
        as_person(api, "ben")
        empty = api.get("/v1/programs/p1/rankings/ben").json()
        assert (empty["ranked"], empty["open"], empty["open_requests"], empty["wanted"]) == ([], 0, 1, 1)
    rank(scenario, "flo", "ida", "ada")
    perform_all(scenario)
    with asking(scenario) as api:
        as_person(api, "ben")
        found = api.get("/v1/programs/p1/rankings/ben").json()
        assert [one["mentor_application_id"] for one in found["ranked"]] == ["ida", "ada"]
        assert [one["mentor_id"] for one in found["ranked"]] == ["p-ida", "p-ada"]
        assert found["open"] == 1
        as_person(api, "cleo")
        assert api.get("/v1/programs/p1/rankings/ben").status_code == 404
        as_client(api)
        assert api.get("/v1/programs/p1/rankings/ben").status_code == 200
        assert api.get("/v1/programs/p2/rankings/ben").status_code == 404
        assert api.get("/v1/programs/p1/rankings/ada").status_code == 409
