"""The pairs of a run: what their scores are made of, what else there would be, and at which price for the others."""

from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

import numpy as np
import pytest

from services.matching.algorithm import optimal, problem
from services.matching.algorithm.kept_pairs import KeptPairs
from services.matching.algorithm.objective import worth
from services.matching.pool.model.compared_people import pool_of
from services.matching.pool.model.profile import ProfileCopy
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.runs.model.run_index import RunIndex
from services.matching.runs.model.run_result import ROWS_PER_SLICE, RunOther, RunPair
from services.matching.runs.model.run_settings import RunObjective, RunSettings
from services.matching.runs.solution import solve_pool
from services.matching.runs.task import Task
from shared.contracts.intake import Role
from shared.ids import ApplicationId
from tests.scenario import Scenario
from tests.services.matching.over_http import as_client, as_person
from tests.services.matching.profiles import WINTER, mentee, mentor
from tests.services.matching.program import program, run, take_part
from tests.shared.web.api import Api, asking

GOALS = ("lead", "grow", "change to IT", "speak")


def crowd(random: Random, mentors: int, mentees: int) -> list[ProfileCopy]:
    """People who fit each other more or less, in fewer seats than are wanted."""

    def stated() -> dict[str, Any]:
        zone = random.choice(["Europe/Rome", "Asia/Tokyo", "America/New_York"])
        return {"goals": tuple(random.sample(GOALS, 2)), "years": float(random.randint(0, 9)), "time_zone": zone}

    return [mentor(f"mentor-{at}", **stated()) for at in range(mentors)] + [
        mentee(f"mentee-{at}", **stated()) for at in range(mentees)
    ]


class Crowd(NamedTuple):
    """A run over a program with 130 pairs, asked about over HTTP; Zoe has stated nothing but a goal."""

    api: Api
    scenario: Scenario
    run_id: str

    def get(self, path: str = "", **params: Any) -> Any:
        """What is answered about the run."""
        return self.api.get(f"/v1/runs/{self.run_id}{path}", params=params)


@pytest.fixture(scope="module")
def crowded() -> Iterator[Crowd]:
    """The run."""
    random, scenario = Random(4), program()
    for one in crowd(random, 131, 128):
        take_part(scenario, one.id, one.role, goals=one.goals, years=one.years, time_zone=one.time_zone)
    take_part(scenario, "zoe", Role.MENTEE, goals=("lead",), languages=("en",))
    take_part(scenario, "ada", Role.MENTEE, goals=("lead",), time_zone="Europe/Rome", areas=("UX",))
    found = run(scenario)
    with asking(scenario) as api:
        as_client(api)
        yield Crowd(api, scenario, found)


def pairs(crowd: Crowd, **params: Any) -> list[dict[str, Any]]:
    """All of a list, page by page."""
    found, after = list[dict[str, Any]](), 0
    while after is not None:
        page = crowd.get("/pairs", **params, after=after, limit=30).json()
        found, after = found + page["items"], page["next"]
        assert page["count"] >= len(found)
    assert page["count"] == len(found)
    return found


def test_the_parts_of_every_score_add_up_to_it(crowded: Crowd) -> None:
    found = pairs(crowded)
    assert len(found) == 130 > ROWS_PER_SLICE
    for one in found:
        parts = [share["contribution"] for share in one["shares"]] + [one["prior"]]
        assert sum(parts) == pytest.approx(one["score"], abs=5e-6)
    assert any(one["prior"] for one in found), "somebody has stated too little"


def test_pairs_are_sorted_by_the_service_across_pages(crowded: Crowd) -> None:
    scores = [one["score"] for one in pairs(crowded)]
    assert scores == sorted(scores)
    assert [one["score"] for one in pairs(crowded, sort="-score")] == scores[::-1]
    prices = [one["other"]["price"] for one in pairs(crowded, sort="price") if one["other"]["gain"] > 0]
    known = [price for price in prices if price is not None]
    assert known == sorted(known)
    assert prices[: len(known)] == known, "who has no price comes last"
    assert len({*known}) > 1


def test_pairs_are_filtered_by_the_service(crowded: Crowd) -> None:
    every = pairs(crowded)
    middle = every[60]["score"]
    assert pairs(crowded, below=middle) == [one for one in every if one["score"] < middle]
    better = [one for one in every if one["other"]["gain"] > 0]
    assert 0 < len(better) < len(every)
    assert pairs(crowded, better=True) == better
    assert [one["mentee_id"] for one in pairs(crowded, person_id="p-zoe")] == ["p-zoe"]
    assert pairs(crowded, person_id="p-nobody") == []
    assert pairs(crowded, pinned=True) == []


@pytest.mark.parametrize("wrong", ["sort=name", "below=2", "limit=101", "after=-1", "better=maybe"])
def test_what_cannot_be_asked_for_is_refused(crowded: Crowd, wrong: str) -> None:
    assert crowded.api.get(f"/v1/runs/{crowded.run_id}/pairs?{wrong}").status_code == 422


def test_one_pair_is_shown_with_what_the_two_state(crowded: Crowd) -> None:
    (listed,) = pairs(crowded, person_id="p-ada")
    path = f"/pairs/ada/{listed['mentor_application_id']}"
    shown = crowded.get(path).json()
    assert {name: shown[name] for name in listed} == listed
    zone = next(one for one in shown["reasons"] if one["criterion"] == "zone")
    assert zone["fact"]["code"] in ("same_clock", "hours_apart")
    assert zone["words"].startswith("Clocks: ")
    assert crowded.get(path.replace("ada", "zoe")).json()["code"] == "not-found"
    as_person(crowded.api, "ada")
    assert crowded.get(path).status_code == 403, "the two see their match, not the run"
    as_client(crowded.api)


def test_a_run_that_kept_no_index_is_read_all_the_same(crowded: Crowd) -> None:
    every = pairs(crowded, sort="price")
    indexes = crowded.scenario.store.collections[RunIndex.collection]
    kept = dict(indexes)
    indexes.clear()
    try:
        assert pairs(crowded, sort="price") == every
    finally:
        indexes.update(kept)


def test_a_run_says_how_its_scores_spread_how_groups_fare_and_how_many_have_nobody_and_why(crowded: Crowd) -> None:
    shown = crowded.get().json()
    assert sum(shown["histogram"]) == shown["size"] == 130
    assert len(shown["histogram"]) == 10
    assert shown["matched_mentors"] == 130
    regions = {(one["role"], one["group"]): one for one in shown["fairness"] if one["attribute"] == "region"}
    assert {group for _, group in regions} == {"Europe", "Asia", "America"}
    assert sum(one["people"] for (role, _), one in regions.items() if role == "mentee") == 129, "Zoe has said no zone"
    assert shown["unmatched"] == [{"role": "mentor", "reason": "matched_elsewhere", "people": 1}]


def solved_with(people: list[ProfileCopy], pair: RunPair, other: RunOther) -> tuple[int, int | None]:
    """What the others have now, and at most with the other mentor for the mentee; None if fewer could be matched."""
    task = Task(people, [], [], WINTER)
    pool, _ = pool_of(people, {}, {}, task.program)
    stated = problem.of_profiles(pool)
    row = [one.id for one in stated.mentees].index(pair.mentee_application_id)
    column = [one.id for one in stated.mentors].index(other.mentor_application_id)
    objective = stated.objective.model_copy(update={"worst": "any"})
    best = optimal.solve(stated.pairs, objective)
    rest = optimal.solve(KeptPairs(stated.pairs, [(row, column)], []), objective)
    own = int(worth(np.array([pair.fit.points]), objective.total, stated.pairs.scale)[0])
    return best.total - own, rest.total if rest.size + 1 == best.size else None


@pytest.mark.parametrize("seed", range(6))
def test_a_price_is_what_the_others_lose_when_all_is_solved_again(seed: int) -> None:
    people = crowd(Random(seed), 7, 9)
    result = solve_pool(Task(people, [], [], WINTER, RunSettings(objective=RunObjective(worst="any"))))
    priced = [(one, one.other) for one in result.pairs if one.other and one.other.points > one.fit.points]
    assert priced
    for pair, other in priced:
        now, then = solved_with(people, pair, other)
        assert other.lost == (None if then is None else now - then), pair.ids
        assert other.is_exact


def test_what_would_leave_somebody_with_priority_without_a_mentor_has_no_price() -> None:
    ada, eve = mentor("ada", goals=("lead",), languages=("en", "tr")), mentor("eve", languages=("en",))
    ben, cleo = mentee("ben", goals=("lead",), languages=("en",)), mentee("cleo", goals=("lead",), languages=("tr",))
    first = MenteeRequests(id="cleo", has_priority=True)
    result = solve_pool(Task([ada, eve, ben, cleo], [], [first], WINTER))
    of_ben = next(pair for pair in result.pairs if pair.mentee_application_id == "ben")
    assert of_ben.other is not None
    assert (of_ben.other.mentor_application_id, of_ben.other.lost) == ("ada", None)


def test_pinned_pairs_and_those_of_other_strategies_have_an_alternative_without_a_price() -> None:
    people = [mentor("ada", goals=("lead",)), mentor("eve"), mentee("ben", goals=("lead",)), mentee("cleo")]
    pinned = MenteeRequests(id="ben", pinned=ApplicationId("eve"))
    (of_ben,) = [one for one in solve_pool(Task(people, [], [pinned], WINTER)).pairs if one.is_pinned]
    assert of_ben.other is not None
    assert (of_ben.other.mentor_application_id, of_ben.other.lost) == ("ada", None)
    stable = solve_pool(Task(people, [], [], WINTER, RunSettings(strategy="stable")))
    assert {one.other.lost for one in stable.pairs if one.other} == {None}


def test_somebody_for_whom_there_is_nobody_else_has_no_alternative() -> None:
    (only,) = solve_pool(Task([mentor("ada"), mentee("ben")], [], [], WINTER)).pairs
    assert only.other is None
