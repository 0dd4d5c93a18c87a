"""A program has a minimum score for every way of proposing: below it, nobody is suggested to anybody."""

import json
from datetime import timedelta

import pytest
from pydantic import ValidationError

from services.matching.choices.commands import PinMatch, RankMentors
from services.matching.proposals.commands import ProposeMatch
from services.matching.proposals.model.fit import Fit
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.next_mentor import NextBestFound
from services.matching.runs.commands import RequestMatchRun
from services.matching.runs.model.run import MatchRun
from services.matching.runs.model.run_settings import RunStrategy
from services.matching.waitlist.freed_seats import SOON
from shared.contracts.intake import ProgramRules, Role
from shared.contracts.matching import MatchProposed
from shared.errors import Refusal
from shared.ids import ApplicationId, MatchId, MatchRunId
from tests.scenario import Scenario
from tests.services.matching.over_http import as_client
from tests.services.matching.program import (
    PROGRAM,
    check_nothing_waits,
    code,
    decline,
    last,
    of,
    pair,
    program,
    propose,
    proposed,
    publish,
    run,
    seats_are_free,
    take_part,
    try_to_propose,
)
from tests.shared.web.api import asking

SECOND = timedelta(seconds=1)


def strangers(**rules: float) -> Scenario:
    """Ada offers nothing of what Ben wants, and everything about both is known."""
    scenario = program(**rules)
    stated = {"areas": ("cloud",), "programming_languages": ("go",), "goals": ("lead",), "years": 2}
    wanted = {"areas": ("design",), "programming_languages": ("python",), "goals": ("sell",), "years": 20}
    take_part(scenario, "ada", Role.MENTOR, seats=1, time_zone="Europe/Rome", **stated)
    take_part(scenario, "ben", Role.MENTEE, time_zone="Pacific/Auckland", **wanted)
    return scenario


def test_by_hand_it_takes_an_explicit_word() -> None:
    scenario = strangers()
    refused = try_to_propose(scenario, "ada", "ben")
    assert isinstance(refused.error, Refusal)
    assert (refused.status, code(refused)) == (409, "score-too-low")
    assert refused.error.members["minimum_score"] == 0.2
    assert "choose another mentor" in str(refused.error)
    assert "`despite_score`" in str(refused.error)
    assert scenario.when(ProposeMatch(**pair("ada", "ben"), despite_score=True)).status == 201
    assert last(scenario, MatchProposed).score < 0.2


@pytest.mark.parametrize("strategy", ["optimal", "stable", "group"])
def test_no_run_goes_below_it_whatever_is_asked_for(strategy: RunStrategy) -> None:
    scenario = strangers()
    for minimum in (0.0, 0.1):
        answer = scenario.when(RequestMatchRun(program_id=PROGRAM, strategy=strategy, minimum_score=minimum))
        done = scenario.perform().get(MatchRun, json.loads(answer.body)["id"])
        assert (done.settings.minimum_score, done.figures.size) == (0.2, 0)
    publish(scenario, MatchRunId(done.id))
    scenario.advance(SECOND)
    assert (proposed(scenario), scenario.get(MenteeRequests, "ben").reason) == ([], "score_too_low")


def test_a_run_may_raise_it() -> None:
    scenario = strangers(minimum_score=0.1)
    answer = scenario.when(RequestMatchRun(program_id=PROGRAM, minimum_score=0.7))
    assert scenario.get(MatchRun, json.loads(answer.body)["id"]).settings.minimum_score == 0.7


def test_a_search_finds_nobody_below_it() -> None:
    scenario = strangers()
    take_part(scenario, "eve", Role.MENTOR, seats=1, goals=("sell",), areas=("design",))
    decline(scenario, propose(scenario, "eve", "ben"), "eve")
    scenario.perform()
    assert scenario.asked() == []
    seats_are_free(scenario)
    assert len(proposed(scenario)) == 1
    assert scenario.get(MenteeRequests, "ben").reason == "everybody_asked"
    check_nothing_waits(scenario)


def test_what_a_search_has_found_before_it_was_raised_is_not_proposed() -> None:
    scenario = strangers()
    found = NextBestFound(
        match_id=MatchId("m"),
        program_id=PROGRAM,
        mentor_application_id=ApplicationId("ada"),
        mentee_application_id=ApplicationId("ben"),
        fit=Fit(points=199_999),
    )
    scenario.when(found, twice=False)
    assert of(scenario, MatchProposed) == []


def test_nobody_waits_for_a_seat_of_who_fits_too_little() -> None:
    scenario = strangers()
    publish(scenario, run(scenario))
    scenario.advance(SECOND)
    take_part(scenario, "max", Role.MENTOR, seats=1, areas=("cloud",), programming_languages=("go",), goals=("lead",))
    scenario.advance(SOON).perform()
    assert scenario.asked() == []
    assert of(scenario, MatchProposed) == []


def test_a_mentee_does_not_see_nor_rank_who_is_below_it() -> None:
    scenario = strangers()
    ranking = RankMentors(
        program_id=PROGRAM,
        mentee_application_id=ApplicationId("ben"),
        mentor_application_ids=(ApplicationId("ada"),),
    )
    assert code(scenario.when(ranking)) == "score-too-low"
    with asking(scenario) as api:
        as_client(api)
        assert api.get("/v1/programs/p1/mentors?mentee_application_id=ben").json() == []


def test_nobody_is_pinned_below_it() -> None:
    assert code(strangers().when(PinMatch(**pair("ada", "ben")))) == "score-too-low"


def test_a_program_may_have_none() -> None:
    scenario = strangers(minimum_score=0)
    assert try_to_propose(scenario, "ada", "ben").status == 201


def test_who_fits_just_so_is_proposed() -> None:
    scenario = strangers(minimum_score=0)
    propose(scenario, "ada", "ben")
    score = last(scenario, MatchProposed).score
    assert try_to_propose(strangers(minimum_score=score), "ada", "ben").status == 201
    assert try_to_propose(strangers(minimum_score=score + 0.000001), "ada", "ben").status == 409


@pytest.mark.parametrize("minimum", [-0.1, 1.1, float("nan"), float("inf"), "much"])
def test_it_is_a_share_of_one(minimum: object) -> None:
    with pytest.raises(ValidationError, match="minimum_score"):
        ProgramRules.model_validate({"minimum_score": minimum})
