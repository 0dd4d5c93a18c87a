"""What can be read of matching, by whom, and in which words."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from services.matching.pool.model.program_criteria import WEIGHTS
from services.matching.proposals.model.explanations import REASONS, SUBJECTS, why_unmatched
from services.matching.proposals.model.fit import REMEDIES
from services.matching.runs.model.run import MatchRun
from services.matching.runs.model.run_result import RunUnmatched, UnmatchedPerson, slice_id
from services.matching.runs.views import why_failed
from services.matching.service import service
from shared.contracts.intake import MeetingFormat, Role
from shared.contracts.matching import MatchProposed
from shared.ids import ApplicationId, PersonId
from shared.settings import Settings
from shared.web.app import create_app
from tests.scenario import Scenario
from tests.services.matching.program import (
    PROGRAM,
    accept_both,
    decline,
    of,
    profile,
    program,
    propose,
    publish,
    remove_profile,
    run,
    take_part,
)
from tests.shared.web.api import Api
from tests.shared.web.issuing import Issuer

SECOND = timedelta(seconds=1)


class Pool:
    """Ada and Ben are matched, Eve has declined Cleo, Dan meets ad hoc only and Gus speaks what nobody does."""

    def __init__(self) -> None:
        scenario = self.scenario = program()
        stated = {"languages": ("en", "it"), "areas": ("backend", "cloud"), "time_zone": "Europe/Rome"}
        take_part(scenario, "ada", Role.MENTOR, seats=1, years=9, programming_languages=("Python",), **stated)
        take_part(scenario, "ben", Role.MENTEE, years=2, programming_languages=("Go",), goals=("lead",), **stated)
        take_part(scenario, "eve", Role.MENTOR, seats=2, languages=("en",))
        take_part(scenario, "cleo", Role.MENTEE, languages=("en",))
        take_part(scenario, "dan", Role.MENTEE, meeting_format=MeetingFormat.AD_HOC)
        take_part(scenario, "gus", Role.MENTEE, languages=("tr",))
        self.run_id = run(scenario)
        publish(scenario, self.run_id)
        scenario.advance(SECOND)
        by_mentee: dict[str, MatchProposed] = {one.mentee_application_id: one for one in of(scenario, MatchProposed)}
        self.of_ben, self.of_cleo = by_mentee["ben"].match_id, by_mentee["cleo"].match_id
        accept_both(scenario, self.of_ben)
        decline(scenario, self.of_cleo, by_mentee["cleo"].mentor_application_id)
        scenario.perform()


@pytest.fixture(scope="module")
def pool() -> Pool:
    return Pool()


@pytest.fixture(scope="module")
def api(pool: Pool) -> Iterator[Api]:
    with running(pool.scenario) as api:
        yield api


@contextmanager
def running(scenario: Scenario) -> Iterator[Api]:
    issuer = Issuer()
    with asyncio.Runner() as runner:
        app = create_app(service, scenario.executor.submit, scenario.store, Settings(), issuer.verifier())
        yield Api(runner, app, issuer)


def as_person(api: Api, name: str) -> None:
    api.token = api.issuer.token(kind="person", sub=f"p-{name}")


def as_client(api: Api, tenant: str = "acme") -> None:
    api.token = api.issuer.token(kind="client", sub="hr", tenant=tenant)


def test_the_pool_shows_who_takes_part_with_their_places(api: Api) -> None:
    as_client(api)
    items = {one["id"]: one for one in api.get("/v1/programs/p1/pool").json()["items"]}
    assert set(items) == {"ada", "ben", "eve", "cleo", "dan", "gus"}
    assert items["ada"] == {
        "id": "ada",
        "person_id": "p-ada",
        "role": "mentor",
        "entered_at": "2027-01-04T09:00:00Z",
        "meeting_format": "both",
        "seats": 1,
        "matched": 1,
        "open": 0,
        "is_paused": False,
        "pinned": None,
    }
    assert [items["ben"][field] for field in ("seats", "matched", "open")] == [1, 1, 0]
    mentors = api.get("/v1/programs/p1/pool?role=mentor&limit=1").json()
    assert ([one["id"] for one in mentors["items"]], mentors["next"]) == (["ada"], "ada")


def test_a_run_is_shown_with_its_figures_its_record_and_its_certificate(api: Api, pool: Pool) -> None:
    as_client(api)
    shown = api.get(f"/v1/runs/{pool.run_id}")
    found = shown.json()
    assert shown.headers["etag"] == f'"{found["version"]}"'
    assert [found[name] for name in ("status", "size", "mentees", "mentors", "seats")] == ["published", 2, 3, 2, 3]
    assert 0 < found["total"] <= 2
    assert found["certificate"] == {"size": "maximum", "priority": None, "worst": "maximum", "total": "maximum"}
    assert (found["gap"], found["match_rate"], found["strategy"], found["what_if"]) == (0, 0.6667, "optimal", False)
    assert found["fifth_percentile"] == found["worst"] <= found["total"] / 2
    assert len(found["record"]["input_hash"]) == 64
    assert found["record"]["reference_date"] == "2027-01-04"
    assert found["record"]["weights"] == WEIGHTS
    assert api.get("/v1/programs/p1/runs").json()["items"] == [found]


def test_the_pairs_of_a_run_lead_to_their_matches(api: Api, pool: Pool) -> None:
    as_client(api)
    found = api.get(f"/v1/runs/{pool.run_id}/pairs").json()
    assert {pair["match_id"] for pair in found["items"]} == {pool.of_ben, pool.of_cleo}
    assert {pair["outcome"] for pair in found["items"]} == {"proposed"}
    assert found["next"] is None


def test_everybody_whom_a_run_has_not_matched_is_shown_with_the_reason_in_words(api: Api, pool: Pool) -> None:
    as_client(api)
    found = {one["application_id"]: one for one in api.get(f"/v1/runs/{pool.run_id}/unmatched").json()["items"]}
    assert found["gus"] == {
        "application_id": "gus",
        "person_id": "p-gus",
        "role": "mentee",
        "reason": "no_common_language",
        "figures": {"no_common_language": 2},
        "words": "Shares no language with 2 of the others.",
    }
    assert found["dan"]["words"] == "Meets for single sessions only, so takes no part in long-term matching."


def test_a_mentee_without_a_match_waits_with_the_reason_in_words(api: Api) -> None:
    as_client(api)
    (waiting,) = api.get("/v1/programs/p1/waiting").json()["items"]
    assert (waiting["application_id"], waiting["reason"]) == ("cleo", "seats_taken")
    assert waiting["words"] == "All free seats are promised: 1 mentor could still be asked."


def test_the_matches_of_a_program_are_listed_by_status(api: Api, pool: Pool) -> None:
    as_client(api)
    assert len(api.get("/v1/programs/p1/matches").json()["items"]) == 2
    (declined,) = api.get("/v1/programs/p1/matches?status=declined").json()["items"]
    assert (declined["id"], declined["declined_by"]) == (pool.of_cleo, "mentor")
    assert api.get("/v1/programs/p1/matches?status=lost").status_code == 422


def test_a_match_is_shown_with_its_reasons_in_words_of_the_profiles(api: Api, pool: Pool) -> None:
    as_person(api, "ben")
    found = api.get(f"/v1/matches/{pool.of_ben}").json()
    assert {reason["criterion"]: reason["words"] for reason in found["reasons"]} == {
        "areas": "Areas: in common: backend, cloud.",
        "programming_languages": "Programming languages: nothing in common; also wanted: go.",
        "experience": "The mentor: 9 years of experience, the mentee 2.",
        "zone": "Clocks: the same time of day.",
    }
    assert (found["languages"], found["status"], found["run_id"]) == (["en", "it"], "accepted", pool.run_id)
    assert found["coverage"] == pytest.approx(60 / 85)


def test_only_its_two_people_and_those_who_run_the_program_see_a_match(api: Api, pool: Pool) -> None:
    for name, status in (("ada", 200), ("ben", 200), ("cleo", 403)):
        as_person(api, name)
        assert api.get(f"/v1/matches/{pool.of_ben}").status_code == status
    as_client(api)
    assert api.get(f"/v1/matches/{pool.of_ben}").status_code == 200


def test_why_somebody_declined_is_shown_to_those_who_run_the_program_only(api: Api, pool: Pool) -> None:
    as_client(api)
    assert api.get(f"/v1/matches/{pool.of_cleo}").json()["decline_reason"] == "no_time"
    as_person(api, "cleo")
    assert api.get(f"/v1/matches/{pool.of_cleo}").json()["decline_reason"] is None


def test_people_see_their_own_matches_by_role(api: Api, pool: Pool) -> None:
    as_person(api, "ben")
    (own,) = api.get("/v1/people/p-ben/matches?role=mentee").json()["items"]
    assert own["id"] == pool.of_ben
    assert api.get("/v1/people/p-ben/matches?role=mentor").json()["items"] == []
    assert api.get("/v1/people/p-ada/matches?role=mentor").status_code == 403


@pytest.mark.parametrize("path", ["pool", "waiting", "runs", "matches"])
def test_people_do_not_see_the_program_of_others(api: Api, path: str) -> None:
    as_person(api, "ben")
    assert api.get(f"/v1/programs/p1/{path}").status_code == 403


@pytest.mark.parametrize("path", ["", "/pairs", "/unmatched"])
def test_people_do_not_see_runs(api: Api, pool: Pool, path: str) -> None:
    as_person(api, "ben")
    assert api.get(f"/v1/runs/{pool.run_id}{path}").status_code == 403


def test_another_tenant_finds_nothing(api: Api, pool: Pool) -> None:
    as_client(api, tenant="globex")
    for path in (f"runs/{pool.run_id}", f"runs/{pool.run_id}/pairs", f"matches/{pool.of_ben}"):
        assert api.get(f"/v1/{path}").status_code == 404
    for path in ("pool", "waiting", "runs", "matches"):
        assert api.get(f"/v1/programs/p1/{path}").json() == {"items": [], "next": None}


def test_a_match_of_somebody_who_has_left_keeps_its_reasons_without_words() -> None:
    scenario = program()
    take_part(scenario, "ada", Role.MENTOR, years=9)
    take_part(scenario, "ben", Role.MENTEE, years=2)
    match = propose(scenario, "ada", "ben")
    remove_profile(scenario, "ada")
    with running(scenario) as api:
        as_client(api)
        (reason,) = api.get(f"/v1/matches/{match}").json()["reasons"]
        assert (reason["criterion"], reason["value"], reason["words"]) == ("experience", 1, None)
        (ada,) = api.get("/v1/programs/p1/pool?role=mentor").json()["items"]
        assert (ada["meeting_format"], ada["seats"]) == (None, 0)


def test_a_match_keeps_its_words_when_the_two_could_not_be_matched_any_more() -> None:
    scenario = program()
    take_part(scenario, "ada", Role.MENTOR, years=9)
    take_part(scenario, "ben", Role.MENTEE, years=2)
    match = propose(scenario, "ada", "ben")
    scenario.advance(SECOND).when(profile("ada", Role.MENTOR, years=9, seats=0, languages=("en",)))
    scenario.when(profile("ben", Role.MENTEE, years=2, meeting_format=MeetingFormat.AD_HOC, languages=("tr",)))
    with running(scenario) as api:
        as_client(api)
        (reason,) = api.get(f"/v1/matches/{match}").json()["reasons"]
        assert reason["words"] == "The mentor: 9 years of experience, the mentee 2."


def test_a_long_result_is_read_page_by_page() -> None:
    scenario = Scenario(service).given(MatchRun(id="r1", program_id=PROGRAM, unmatched_slices=6))
    for number in range(6):
        id, person_id = ApplicationId(f"a{number}"), PersonId("p")
        one = UnmatchedPerson(application_id=id, person_id=person_id, role=Role.MENTEE, reason="no_seats")
        scenario.given(RunUnmatched(id=slice_id("r1", number), people=[one]))
    with running(scenario) as api:
        as_client(api)
        first = api.get("/v1/runs/r1/unmatched").json()
        second = api.get("/v1/runs/r1/unmatched", params={"after": first["next"]}).json()
        found = [one["application_id"] for one in first["items"] + second["items"]]
        assert (found, second["next"]) == ([f"a{number}" for number in range(6)], None)
        assert api.get("/v1/runs/r1/pairs").json() == {"items": [], "next": None}


def test_a_decline_without_one_of_the_reasons_is_refused_by_name(api: Api, pool: Pool) -> None:
    as_person(api, "ben")
    refused = api.post(f"/v1/matches/{pool.of_ben}/decline", {"reason": "mood"})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["/reason"]
    assert "no_time" in refused.text


def test_every_code_has_its_words() -> None:
    assert set(REMEDIES) <= set(REASONS)
    assert set(WEIGHTS) == set(SUBJECTS)


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_a_sentence(reason: str) -> None:
    figures = {"mentors": 2, "mentees": 1, "seats": 1, "no_common_language": 3, "score_too_low": 2}
    sentence = why_unmatched(reason, figures)
    assert sentence[0].isupper()
    assert sentence.endswith(".")


def test_a_failed_run_says_what_to_do() -> None:
    assert why_failed("pool-too-large").endswith("split the program.")
    assert why_failed("TimeoutError") == "The computation was given up (TimeoutError): request another run."
