"""Who runs an organization reads its whole trail, people who has looked at them, and nobody anything else."""

import asyncio
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from shared.engine.batch import outbox
from shared.engine.deferred.chaining import HEADS, LINES, row_id
from shared.engine.ports.store import Change, Insert, Write
from shared.trail.chain import Head, Verification
from shared.trail.line import Line
from shared.trail.seal import UNSEALED, Seals
from tests.shared.trail.test_chain import chain
from tests.shared.web.admin.operating import Operating, operating
from tests.shared.web.trail.choir import choir


@contextmanager
def trails(*changes: Write, worker: bool = False) -> Iterator[Operating]:
    """Six lines of acme about ada and ben, and two of beta."""
    with operating(choir, worker=worker) as api:
        for tenant, count in (("acme", 6), ("beta", 2)):
            lines, head = chain(count, tenant=tenant)
            rows = [Insert(LINES, {"_id": row_id(tenant, line.number), **line.model_dump()}) for line in lines]
            api.given(*rows, Insert(HEADS, {"_id": tenant, "shard": 0, **head.model_dump()}))
        api.given(*changes)
        as_admin(api)
        yield api


def as_admin(api: Operating, tenant: str = "acme") -> None:
    api.token = api.issuer.token(sub="ann", roles=["admin"], tenant=tenant)


def numbers(api: Operating, path: str) -> list[int]:
    answer = api.get(path)
    assert answer.status_code == 200, answer.text
    return [item["number"] for item in answer.json()["items"]]


def test_the_latest_lines_come_first_page_by_page_and_only_one_s_own_organization_s() -> None:
    with trails() as api:
        first = api.get("/v1/audit?limit=4").json()
        assert [item["number"] for item in first["items"]] == [6, 5, 4, 3]
        assert numbers(api, f"/v1/audit?limit=4&after={first['next']}") == [2, 1]
        as_admin(api, "beta")
        assert numbers(api, "/v1/audit") == [2, 1]
        assert numbers(api, "/v1/audit?tenant=acme") == [2, 1]


def test_lines_are_found_by_whose_data_it_was_and_by_who_asked() -> None:
    ann = Change(LINES, row_id("acme", 2), {}, {"actor": "person/ann", "people": ["mia"]})
    with trails(ann) as api:
        assert numbers(api, "/v1/audit?person_id=mia") == [2]
        assert numbers(api, "/v1/audit?person_id=ada") == [6, 5, 4, 3, 1]
        assert numbers(api, "/v1/audit?actor=person/ann") == [2]
        assert numbers(api, "/v1/audit?actor=person/zoe&person_id=mia") == []


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "acme/000000000003", "1" * 13])
def test_what_is_no_cursor_is_refused(after: str) -> None:
    with trails() as api:
        assert api.get("/v1/audit", params={"after": after}).status_code == 422


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "zoe"},
        {"sub": "zoe", "roles": ["manager:north"]},
        {"sub": "zoe", "roles": ["lead:north", "reviewer:north"]},
        {"kind": "client", "sub": "hr"},
    ],
)
@pytest.mark.parametrize("path", ["/v1/audit", "/v1/audit/head", "/v1/audit/export", "/v1/audit/verification"])
def test_nobody_reads_a_trail_but_admins_and_operators(claims: dict[str, Any], path: str) -> None:
    with trails() as api:
        api.token = api.issuer.token(**claims)
        assert api.get(path).status_code == 403


def test_an_operator_reads_the_trail_of_an_organization_and_is_on_it() -> None:
    with trails() as api:
        api.token = api.issuer.token(kind="operator", sub="ops", tenant=None)
        assert numbers(api, "/v1/audit?tenant=beta") == [2, 1]
        assert numbers(api, "/v1/audit") == []
        rows = api.runner.run(api.store.find(outbox.COLLECTION, {"unchained": True}))
    assert [row["tenant"] for row in rows] == ["beta", "-"]


def test_people_see_who_has_looked_at_them_and_not_from_where_nor_who_else_was_looked_at() -> None:
    own = Change(LINES, row_id("acme", 3), {}, {"actor": "person/ada"})
    with trails(own) as api:
        api.token = api.issuer.token(sub="ada")
        answer = api.get("/v1/people/ada/audit").json()
        assert len(answer["items"]) == 5
        assert answer["items"][0] == {
            "at": "2027-03-01T12:00:00.250Z",
            "actor": "person/zoe",
            "role": "manager",
            "operation": "list_pool",
            "status": 200,
        }
        assert api.get("/v1/people/ben/audit").status_code == 404
        as_admin(api)
        assert api.get("/v1/people/ada/audit").status_code == 404
        api.token = api.issuer.token(sub="mia")
        assert api.get("/v1/people/mia/audit").json() == {"items": [], "next": None}


def test_an_export_verifies_with_the_head_and_goes_on_behind_a_line() -> None:
    with trails() as api:
        head = Head(**api.get("/v1/audit/head").json())
        exported = api.get("/v1/audit/export")
        assert exported.headers["content-type"].startswith("application/x-ndjson")
        lines = [Line.model_validate_json(text) for text in exported.text.splitlines()]
        verification = Verification(head)
        verification.add(lines)
        assert (verification.end(), len(lines)) == ([], 6)
        rest = api.get("/v1/audit/export?after=4").text.splitlines()
        assert [Line.model_validate_json(text).number for text in rest] == [5, 6]


def test_no_spreadsheet_computes_an_exported_cell() -> None:
    formula = Change(LINES, row_id("acme", 1), {}, {"about": {"=1+1": "x"}, "people": ["-2+3"], "actor": "@SUM(A1)"})
    with trails(formula) as api:
        text = api.get("/v1/audit/export?format=csv").content.decode("utf-8-sig")
    first, *_ = csv.DictReader(io.StringIO(text))
    assert (first["about"], first["people"], first["actor"]) == ("'=1+1=x", "'-2+3", "'@SUM(A1)")
    assert text.count("\r\n") == 7


def test_a_long_trail_is_exported_part_by_part() -> None:
    with trails() as api:
        lines, head = chain(1200, tenant="long")
        api.given(*(Insert(LINES, {"_id": row_id("long", one.number), **one.model_dump()}) for one in lines))
        api.given(Insert(HEADS, {"_id": "long", "shard": 0, **head.model_dump()}))
        as_admin(api, "long")
        assert len(api.get("/v1/audit/export").text.splitlines()) == 1200
        assert len(api.get("/v1/audit/export?format=csv").text.splitlines()) == 1201


def test_what_an_admin_does_is_on_the_trail_a_moment_later_and_the_trail_verifies() -> None:
    with operating(choir, worker=True) as api:
        as_admin(api)
        for person in ("ada", "ben"):
            assert api.post("/v1/programs/north/singers", {"person_id": person}).status_code == 201
        api.runner.run(_until_chained(api, 2))
        lines = [Line.model_validate_json(text) for text in api.get("/v1/audit/export").text.splitlines()]
        assert [(line.number, line.operation, line.people) for line in lines[:2]] == [
            (1, "Enroll", ("ada",)),
            (2, "Enroll", ("ben",)),
        ]
        verification = Verification(Head(number=2, hash=lines[1].hash))
        verification.add(lines)
        assert verification.end() == []


async def _until_chained(api: Operating, count: int) -> None:
    async with asyncio.timeout(30):
        while len(await api.store.find(LINES, {})) < count:  # noqa: ASYNC110 - the worker chains them
            await asyncio.sleep(0.02)


def test_a_trail_is_verified_some_lines_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.engine.deferred.chain_watch.PAGE", 2)
    monkeypatch.setattr("shared.web.trail.queries.CHECKED_AT_ONCE", 2)
    with trails() as api:
        found, after = [], 0
        while after is not None:
            answer = api.get("/v1/audit/verification", params={"after": after}).json()
            found.append((answer["lines"], answer["breaks"], answer["number"]))
            after = answer["next"]
    assert found == [(2, [], 6), (2, [], 6), (2, [], 6)]


@pytest.mark.parametrize(("number", "after"), [(2, 0), (5, 2), (6, 4)])
def test_a_line_that_was_changed_is_found_wherever_one_goes_on(number: int, after: int) -> None:
    with trails(Change(LINES, row_id("acme", number), {}, {"status": 500})) as api:
        answer = api.get("/v1/audit/verification", params={"after": after}).json()
    assert answer["breaks"][0] == f"line {number} was changed, or put in another order"


def test_an_end_that_the_service_has_not_sealed_is_found_where_all_lines_are_chained() -> None:
    with trails() as api:
        api.app.state.seals = Seals([b"k" * 32], "choir")
        assert api.get("/v1/audit/verification").json()["breaks"] == [UNSEALED]


def test_lines_that_are_missing_at_the_end_are_found_and_one_that_is_not_there_begins_anew() -> None:
    with trails() as api:
        api.given(Change(HEADS, "acme", {}, {"number": 8}))
        answer = api.get("/v1/audit/verification", params={"after": 99}).json()
        assert answer["lines"] == 6
        assert answer["breaks"] == ["lines 7 to 8 are missing at the end: removed"]
