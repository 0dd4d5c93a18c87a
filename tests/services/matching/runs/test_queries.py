"""What is shown of runs, to whom, and in which words."""

import pytest

from services.matching.pool.model.program_criteria import WEIGHTS
from services.matching.runs.model.run import MatchRun
from services.matching.runs.model.run_result import (
    RunFigures,
    RunReason,
    RunUnmatched,
    UnmatchedPerson,
    cut,
    slice_id,
)
from services.matching.runs.views import why_failed
from services.matching.service import service
from shared.contracts.intake import Role
from shared.ids import ApplicationId, PersonId
from tests.scenario import Scenario
from tests.services.matching.over_http import Pool, as_client, as_person
from tests.services.matching.program import (
    PROGRAM,
)
from tests.shared.web.api import Api, asking


def test_a_run_is_shown_with_its_figures_its_record_and_its_certificate(api: Api, pool: Pool) -> None:
    as_client(api)
    shown = api.get(f"/v1/runs/{pool.run_id}")
    found = shown.json()
    assert shown.headers["etag"] == f'"{found["version"]}"'
    assert [found[name] for name in ("status", "size", "mentees", "mentors", "seats")] == ["published", 2, 3, 2, 3]
    assert 0 < found["total"] <= 2
    proved = dict.fromkeys(("mentees", "size", "worst", "total"), "maximum")
    assert found["certificate"] == {**proved, "mentors": None, "priority": None}
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
        "names": {},
    }
    assert found["dan"]["words"] == "Meets for single sessions only, so takes no part in long-term matching."


@pytest.mark.parametrize("path", ["", "/pairs", "/unmatched"])
def test_people_do_not_see_runs(api: Api, pool: Pool, path: str) -> None:
    as_person(api, "ben")
    assert api.get(f"/v1/runs/{pool.run_id}{path}").status_code == 403


def unmatched(number: int) -> UnmatchedPerson:
    id, reason = ApplicationId(f"a{number:03}"), "no_seats" if number < 120 else "searching"
    return UnmatchedPerson(application_id=id, person_id=PersonId("p"), role=Role.MENTEE, reason=reason)


@pytest.mark.parametrize("reasons", [(), (("no_seats", 120), ("searching", 130))], ids=["of an earlier version", "now"])
def test_a_long_result_is_read_page_by_page_and_by_reason(reasons: tuple[tuple[str, int], ...]) -> None:
    counted = tuple(RunReason(role=Role.MENTEE, reason=reason, people=people) for reason, people in reasons)
    run = MatchRun(id="r1", program_id=PROGRAM, unmatched_slices=3, figures=RunFigures(reasons=counted))
    everybody = [unmatched(number) for number in range(250)]
    parts = [RunUnmatched(id=slice_id("r1", at), people=list(some)) for at, some in enumerate(cut(everybody))]
    scenario = Scenario(service).given(run, *parts)
    with asking(scenario) as api:
        as_client(api)
        found, after = list[str](), 0
        while after is not None:
            page = api.get("/v1/runs/r1/unmatched", params={"after": after, "limit": 99}).json()
            assert page["count"] == 250
            found, after = found + [one["application_id"] for one in page["items"]], page["next"]
        assert found == [one.application_id for one in everybody]
        searching = api.get("/v1/runs/r1/unmatched?reason=searching&limit=1").json()
        assert (searching["count"], searching["items"][0]["application_id"]) == (130, "a120")
        assert api.get("/v1/runs/r1/unmatched?role=mentor").json()["count"] == 0
        assert api.get("/v1/runs/r1/pairs").json() == {"items": [], "count": 0, "next": None}


def test_a_failed_run_says_what_to_do() -> None:
    assert why_failed("pool-too-large").endswith("split the program.")
    assert why_failed("TimeoutError") == "The computation was given up (TimeoutError): request another run."
