"""The pool of a program, kept from events that come in any order."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.matching.pool.model.participant import Participant, ParticipantStatus
from services.matching.pool.model.profile import ProfileCopy, ProfileInvalid
from services.matching.pool.model.program_rules import Program
from services.matching.proposals.commands import ProposeMatch
from services.matching.proposals.model.match import Match
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.service import service
from shared.contracts.intake import Role
from shared.contracts.matching import MatchWithdrawn
from shared.engine.authoring.context import NotYet
from shared.engine.authoring.reader import Reader
from shared.ids import ApplicationId
from tests.scenario import Scenario
from tests.services.matching.program import (
    PROGRAM,
    answers_due,
    approved,
    check_nothing_waits,
    code,
    decline,
    hear_in_order,
    of,
    profile,
    program,
    propose,
    proposed,
    race,
    remove_profile,
    take_part,
    take_up_parked,
    try_to_propose,
    with_people,
    withdrawn,
)


def test_who_is_approved_and_has_a_profile_is_in_the_pool() -> None:
    scenario = program()
    take_part(scenario, "ada", Role.MENTOR)
    entry = scenario.get(Participant, "ada")
    assert (entry.status, entry.person_id, entry.role) == (ParticipantStatus.IN, "p-ada", Role.MENTOR)


def test_an_approval_that_comes_before_its_profile_waits_for_it() -> None:
    scenario = program()
    with pytest.raises(NotYet, match="profile/acme/ada"):
        scenario.when(approved("ada", Role.MENTOR))
    scenario.when(profile("ada", Role.MENTOR))
    take_up_parked(scenario)
    assert scenario.get(Participant, "ada").status is ParticipantStatus.IN
    check_nothing_waits(scenario)


@pytest.mark.parametrize("order", [*permutations(["profile", "approved", "withdrawn"])])
def test_who_has_withdrawn_is_out_in_whatever_order_it_is_heard_of(order: tuple[str, ...]) -> None:
    scenario = Scenario(service)
    heard = {
        "profile": profile("ada", Role.MENTOR),
        "approved": approved("ada", Role.MENTOR),
        "withdrawn": withdrawn("ada", Role.MENTOR),
    }
    hear_in_order(scenario, order, heard)
    assert scenario.get(Participant, "ada").status is ParticipantStatus.OUT
    check_nothing_waits(scenario)


def test_a_withdrawal_takes_the_profile_away_and_the_approval_waits_for_it_no_longer() -> None:
    scenario = program()
    scenario.when(profile("ada", Role.MENTOR))
    remove_profile(scenario, "ada")
    with pytest.raises(NotYet):
        scenario.when(approved("ada", Role.MENTOR))
    scenario.when(withdrawn("ada", Role.MENTOR))
    take_up_parked(scenario)
    check_nothing_waits(scenario)
    assert scenario.get(Participant, "ada").status is ParticipantStatus.OUT


def test_a_profile_that_changes_is_followed() -> None:
    scenario = program()
    take_part(scenario, "ada", Role.MENTOR, seats=1)
    scenario.advance(timedelta(seconds=1)).when(profile("ada", Role.MENTOR, seats=3, languages=("en",)))
    assert scenario.get(ProfileCopy, "ada").person().capacity == 3


def test_what_was_not_stated_is_no_data() -> None:
    stated = ProfileCopy(id="ada", person_id="p-ada", role=Role.MENTOR).person()
    assert (stated.years, stated.languages, stated.time_zone, stated.is_eligible) == (None, (), None, True)


def test_a_mentee_has_one_place_whatever_the_profile_says() -> None:
    assert ProfileCopy(id="ben", person_id="p-ben", role=Role.MENTEE, seats=0).person().capacity == 1


def test_a_profile_that_cannot_be_compared_is_refused_with_its_fields() -> None:
    wrong = ProfileCopy(id="ada", person_id="p-ada", role=Role.MENTOR, time_zone="Mars/Olympus", years=-1)
    with pytest.raises(ProfileInvalid, match="correct its time_zone, years"):
        wrong.person()


def test_the_rules_of_a_program_are_followed() -> None:
    kept = program(proposal_days=10, open_requests=2).get(Program, PROGRAM).rules
    assert (kept.proposal_days, kept.open_requests) == (10, 2)


def test_a_mentor_who_leaves_is_asked_nothing_and_the_mentees_go_on_to_the_next_best() -> None:
    scenario = with_people({"ada": 2, "eve": 2}, ["ben", "cleo"])
    for mentee in ("ben", "cleo"):
        propose(scenario, "ada", mentee)
    scenario.when(withdrawn("ada", Role.MENTOR))
    assert len(of(scenario, MatchWithdrawn)) == 2
    scenario.perform()
    assert proposed(scenario)[2:] == [("eve", "ben"), ("eve", "cleo")]
    assert [timer.split("/")[0] for timer in scenario.planned()].count("expire") == 2
    check_nothing_waits(scenario)


def test_a_mentee_who_leaves_is_not_looked_for_and_frees_the_mentor() -> None:
    scenario = with_people({"ada": 1}, ["ben", "cleo"])
    propose(scenario, "ada", "ben")
    scenario.when(withdrawn("ben", Role.MENTEE))
    assert (len(of(scenario, MatchWithdrawn)), scenario.asked(), answers_due(scenario)) == (1, [], {})
    assert scenario.get(MentorSeats, "ada").open == {}
    propose(scenario, "ada", "cleo")


def test_who_leaves_while_the_next_best_is_looked_for_is_not_asked_about() -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben"])
    decline(scenario, propose(scenario, "ada", "ben"), "ada")
    scenario.when(withdrawn("ben", Role.MENTEE))
    scenario.perform()
    assert proposed(scenario) == [("ada", "ben")]
    assert scenario.get(MenteeRequests, "ben").reason == ""
    check_nothing_waits(scenario)


@pytest.mark.parametrize("name", ["ada", "ben"])
@pytest.mark.parametrize("is_asked_first", [True, False])
def test_nobody_is_asked_who_leaves_at_the_same_moment(name: str, is_asked_first: bool) -> None:
    scenario = with_people({"ada": 1, "eve": 1}, ["ben", "cleo"])
    for mentor, mentee in (("ada", "cleo"), ("eve", "ben")):
        decline(scenario, propose(scenario, mentor, mentee), mentee)
    ids = ApplicationId("ada"), ApplicationId("ben")
    ask = ProposeMatch(program_id=PROGRAM, mentor_application_id=ids[0], mentee_application_id=ids[1])
    left = withdrawn(name, Role.MENTOR if name == "ada" else Role.MENTEE)
    asking, leaving = (scenario.messages(body, "client/hr")[0] for body in (ask, left))
    race(scenario, *((asking, leaving) if is_asked_first else (leaving, asking)))
    matches = scenario.loop.run_until_complete(Reader(scenario.store, "acme").every(Match, {}))
    assert not [match for match in matches if match.is_open]
    assert scenario.get(Participant, name).status is ParticipantStatus.OUT


def test_who_is_not_in_the_pool_cannot_be_proposed() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    assert try_to_propose(scenario, "ada", "nobody").status == 404
    assert code(try_to_propose(scenario, "ben", "ada")) == "mentor-not-in-pool"
    assert code(try_to_propose(scenario, "ada", "ada")) == "mentee-not-in-pool"
    scenario.when(withdrawn("ben", Role.MENTEE))
    refused = try_to_propose(scenario, "ada", "ben")
    assert code(refused) == "mentee-not-in-pool"
    assert "choose somebody who is" in str(refused.error)
