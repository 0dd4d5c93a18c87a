"""What may be asked of a run, and what it comes to; what-if runs, and two runs side by side."""

import json
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from services.matching.runs.commands import DiscardRun, PublishRun, RequestMatchRun
from services.matching.runs.model.run import MatchRun, RunStatus
from services.matching.runs.model.run_result import RunPairs, slice_id
from shared.contracts.intake import Role
from shared.contracts.matching import MatchProposed, MatchRunCompleted, MatchRunRequested, NoMatchFound
from shared.ids import MatchRunId, ProgramId
from tests.scenario import Scenario
from tests.services.matching.over_http import as_client, as_person
from tests.services.matching.program import PROGRAM, code, last, of, program, take_part, with_people
from tests.services.matching.runs.rules import stored
from tests.shared.web.api import asking

SECOND = timedelta(seconds=1)


def solved(scenario: Scenario, **settings: Any) -> MatchRun:
    answer = scenario.when(RequestMatchRun(program_id=PROGRAM, **settings))
    assert answer.status == 201, answer.error
    scenario.perform()
    return scenario.get(MatchRun, json.loads(answer.body)["id"])


def pairs(scenario: Scenario, run: MatchRun) -> dict[str, str]:
    kept = scenario.get(RunPairs, slice_id(run.id, 0)).pairs
    return {pair.mentee_application_id: pair.mentor_application_id for pair in kept}


def rivals() -> Scenario:
    """Ada suits both, Eve suits Cleo half; with Ben, who has no goal of hers, she shares an area."""
    scenario = program()
    take_part(scenario, "ada", Role.MENTOR, seats=1, goals=("lead", "grow"), areas=("web",))
    take_part(scenario, "eve", Role.MENTOR, seats=1, goals=("grow",), areas=("cloud",))
    take_part(scenario, "ben", Role.MENTEE, goals=("lead",), areas=("cloud",))
    take_part(scenario, "cleo", Role.MENTEE, goals=("grow", "lead"), areas=("web",))
    return scenario


@pytest.mark.parametrize(
    ("settings", "field", "words"),
    [
        ({"strategy": "best"}, "strategy", "'optimal', 'stable' or 'group'"),
        ({"strategy": "rolling"}, "strategy", "'optimal', 'stable' or 'group'"),
        ({"weights": {"goals": 0, "zone": 0}}, "weights", "give at least one criterion a weight"),
        ({"weights": {}}, "weights", "give at least one criterion a weight"),
        ({"weights": {"shoes": 3}}, "weights", "name no criterion: shoes; use areas, programming_languages, goals"),
        ({"weights": {"goals": -1}}, "weights", "greater than or equal to 0"),
        ({"weights": {"goals": float("nan")}}, "weights", "finite"),
        ({"minimum_score": 1.5}, "minimum_score", "less than or equal to 1"),
        ({"time_limit": 0}, "time_limit", "greater than or equal to 1"),
        ({"time_limit": 3601}, "time_limit", "less than or equal to 3600"),
        ({"objective": {"worst": "some"}}, "objective", "'each', 'all' or 'any'"),
        ({"what": "if"}, "what", "not permitted"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_computed(
    settings: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        RequestMatchRun.model_validate({"program_id": "p1"} | settings)
    (error,) = refused.value.errors()
    assert ("".join(map(str, error["loc"][:1])), words in error["msg"]) == (field, True)


def test_a_run_keeps_all_that_it_was_asked_for() -> None:
    scenario = rivals()
    asked = {"weights": {"goals": 2.0}, "minimum_score": 0.25, "time_limit": 60, "what_if": True}
    objective = {"worst": "any", "total": "plain", "count_mentors": True}
    run = solved(scenario, strategy="stable", objective=objective, **asked)
    assert run.settings.model_dump() == asked | {
        "strategy": "stable",
        "objective": objective,
    }
    assert run.record.weights == {"goals": 2}
    told = last(scenario, MatchRunRequested), last(scenario, MatchRunCompleted)
    assert {(one.strategy, one.is_what_if) for one in told} == {("stable", True)}


def test_weights_decide_and_reasons_have_them() -> None:
    scenario = rivals()
    assert pairs(scenario, solved(scenario, weights={"goals": 1})) == {"ben": "ada", "cleo": "eve"}
    by_areas = solved(scenario, weights={"areas": 3})
    assert pairs(scenario, by_areas) == {"ben": "eve", "cleo": "ada"}
    (reason,) = scenario.get(RunPairs, slice_id(by_areas.id, 0)).pairs[0].fit.reasons
    assert (reason.criterion, reason.weight, reason.contribution) == ("areas", 3, 1)


def test_below_the_minimum_score_nobody_is_matched_and_the_reason_is_told() -> None:
    scenario = rivals()
    run = solved(scenario, weights={"goals": 1}, minimum_score=0.9)
    assert pairs(scenario, run) == {"ben": "ada"}
    scenario.advance(SECOND)
    reasons = {one.application_id: one.reason for one in of(scenario, NoMatchFound)}
    assert reasons == {"cleo": "seats_taken", "eve": "score_too_low"}


def test_a_stable_run_has_no_pair_that_would_both_rather_have_each_other() -> None:
    scenario = rivals()
    run = solved(scenario, strategy="stable")
    assert (run.figures.blocking_pairs, run.figures.size) == (0, 2)
    assert run.figures.gap >= 0


def test_in_a_run_of_groups_no_mentor_has_a_single_mentee() -> None:
    scenario = with_people({"ada": 2, "eve": 2}, ["ben", "cleo", "dan"])
    run = solved(scenario, strategy="group")
    assert run.figures.size == 2
    assert len({*pairs(scenario, run).values()}) == 1


@pytest.mark.parametrize("strategy", ["optimal", "stable", "group"])
@pytest.mark.parametrize(("mentors", "mentees"), [({}, ["ben"]), ({"ada": 2}, []), ({}, [])])
def test_a_side_that_is_empty_is_no_trouble(strategy: str, mentors: dict[str, int], mentees: list[str]) -> None:
    run = solved(with_people(mentors, mentees), strategy=strategy)
    assert (run.status, run.figures.size, run.figures.worst) == (RunStatus.COMPLETED, 0, None)


@pytest.mark.parametrize("strategy", ["optimal", "stable", "group"])
def test_everybody_being_equal_is_no_trouble(strategy: str) -> None:
    run = solved(with_people({"ada": 2, "eve": 2}, ["ben", "cleo", "dan", "gus"]), strategy=strategy)
    assert (run.figures.size, run.figures.gap, run.figures.worst) == (4, 0, 500_000)


def test_what_if_changes_nothing_and_tells_nobody() -> None:
    scenario = with_people({"ada": 1}, ["ben", "cleo"])
    before = stored(scenario)
    run = solved(scenario, what_if=True)
    scenario.advance(SECOND)
    refused = scenario.when(PublishRun(run_id=MatchRunId(run.id)))
    assert (refused.status, code(refused)) == (409, "run-is-what-if")
    assert str(refused.error).endswith("request one that is no what-if, and publish that.")
    scenario.advance(SECOND)
    assert of(scenario, MatchProposed) == []
    assert of(scenario, NoMatchFound) == []
    assert stored(scenario) == before
    assert scenario.when(DiscardRun(run_id=MatchRunId(run.id))).status == 200


def test_two_runs_are_compared_with_all_that_differs_who_loses_most_first() -> None:
    scenario = rivals()
    first, second = solved(scenario, weights={"goals": 1}), solved(scenario, weights={"areas": 3}, what_if=True)
    fewer = solved(scenario, weights={"goals": 1}, minimum_score=0.9)
    with asking(scenario) as api:
        as_client(api)
        found = api.get(f"/v1/runs/{first.id}/compare/{second.id}").json()
        assert [found["first"]["size"], found["second"]["size"], found["pairs_in_both"]] == [2, 2, 0]
        assert (found["pairs_in_first_only"], found["pairs_in_second_only"], found["is_same_input"]) == (2, 2, False)
        assert {one["mentee"]: (one["before"], one["after"]) for one in found["changes"]} == {
            "ben": (["ada"], ["eve"]),
            "cleo": (["eve"], ["ada"]),
        }
        page = api.get(f"/v1/runs/{first.id}/compare/{second.id}?limit=1").json()
        rest = api.get(f"/v1/runs/{first.id}/compare/{second.id}?limit=1&after={page['next']}").json()
        assert (page["changes"] + rest["changes"], rest["next"]) == (found["changes"], None)
        lost = api.get(f"/v1/runs/{first.id}/compare/{fewer.id}").json()
        assert (lost["mentees_in_first_only"], lost["mentees_in_second_only"], lost["pairs_in_both"]) == (1, 0, 1)
        same = api.get(f"/v1/runs/{first.id}/compare/{first.id}").json()
        assert (same["changes"], same["is_same_input"]) == ([], True)
        as_person(api, "ben")
        assert api.get(f"/v1/runs/{first.id}/compare/{second.id}").status_code == 403


def test_only_two_results_of_one_program_are_compared() -> None:
    scenario = with_people({"ada": 1}, ["ben"])
    run = solved(scenario)
    scenario.given(
        MatchRun(id="other", program_id=ProgramId("p2"), status=RunStatus.COMPLETED, record=run.record),
        MatchRun(id="failed", program_id=PROGRAM, status=RunStatus.FAILED),
    )
    with asking(scenario) as api:
        as_client(api)
        codes = {
            other: api.get(f"/v1/runs/{run.id}/compare/{other}").json()["code"] for other in ("other", "failed", "none")
        }
    assert codes == {"other": "not-found", "failed": "run-not-completed", "none": "not-found"}
