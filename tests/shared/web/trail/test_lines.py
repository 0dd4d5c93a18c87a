"""What those do who look after others leaves one line; what people do for themselves leaves none."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest

from shared.engine.mongo.statements import grouped
from shared.engine.ports.store import Write
from tests.shared.web.api import running
from tests.shared.web.garden import garden
from tests.shared.web.trail.asking import Choir, Noting, singers


def test_a_command_of_staff_leaves_a_line_with_who_as_what_on_what_from_where_and_the_outcome(api: Choir) -> None:
    answer = api.as_("zoe", "manager:north").post("/v1/programs/north/singers", {"person_id": "mia", "nickname": "Mi"})
    line = api.line()
    id, at = line.pop("id"), line.pop("at")
    assert line == {
        "tenant": "acme",
        "actor": "person/zoe",
        "role": "manager",
        "operation": "Enroll",
        "about": {"program_id": "north", "person_id": "mia", "singer": answer.json()["id"]},
        "people": ["mia"],
        "count": 1,
        "network": "127.0.0.0/24",
        "status": 201,
    }
    assert id == answer.json()["id"]  # the subject is new under the command's own id
    assert at.utcoffset() is not None


ASKERS: list[tuple[str, dict[str, Any]]] = [
    ("operator", {"kind": "operator", "sub": "ops"}),
    ("admin", {"sub": "zoe", "roles": ["admin"]}),
    ("manager", {"sub": "zoe", "roles": ["manager:north", "lead:south"]}),
    ("client", {"kind": "client", "sub": "hr"}),
]


@pytest.mark.parametrize(("role", "claims"), ASKERS)
def test_each_role_is_named_by_which_somebody_asks(api: Choir, role: str, claims: dict[str, Any]) -> None:
    api.token = api.issuer.token(**claims)
    assert api.post(f"/v1/singers/{singers(api)[0]}/sing").status_code == 200
    assert api.line()["role"] == role


def test_a_line_of_a_command_is_in_its_transaction(api: Choir) -> None:
    store = Noting()
    store.collections = api.store.collections
    api.executor.store = store
    api.as_("zoe", "admin").post(f"/v1/singers/{singers(api)[0]}/sing")
    assert store.transactions == [["singer", "outbox"]]
    api.line()
    api.as_("ada").post(f"/v1/singers/{singers(api)[0]}/sing")
    assert store.transactions[1:] == [["singer"]]


def test_many_commands_of_one_batch_add_one_document(api: Choir) -> None:
    store = Noting()
    store.collections = api.store.collections
    api.as_("zoe", "admin")

    async def many() -> list[httpx.Response]:
        asked = (api.request("POST", "/v1/programs/north/singers", json={"person_id": f"p{n}"}) for n in range(20))
        return await asyncio.gather(*asked)

    api.executor.store = store
    assert {answer.status_code for answer in api.runner.run(many())} == {201}
    assert len(api.lines) == 20
    assert sum(names.count("outbox") for names in store.transactions) == len(store.transactions)


STALE = {"If-Match": '"9"'}
REFUSED: list[tuple[str, Callable[[Choir], httpx.Response], int, str]] = [
    ("its rule", lambda api: [api.post(f"/v1/singers/{singers(api)[0]}/sing") for _ in range(4)][-1], 409, "Sing"),
    ("another program", lambda api: api.post("/v1/programs/south/singers", {"person_id": "mia"}), 404, "Enroll"),
    ("nobody", lambda api: api.post("/v1/singers/none/sing"), 404, "Sing"),
    ("others", lambda api: api.post(f"/v1/singers/{singers(api)[0]}/seat"), 403, "seat_singer"),
    (
        "its version",
        lambda api: api.post(f"/v1/singers/{singers(api)[0]}/sing", headers={"If-Match": '"9"'}),
        412,
        "Sing",
    ),
    ("a read of another program", lambda api: api.get("/v1/programs/south/singers"), 404, "list_singers"),
    ("a read of nobody", lambda api: api.get("/v1/singers/none"), 404, "show_singer"),
]


@pytest.mark.parametrize(("what", "ask", "status", "operation"), REFUSED, ids=[one[0] for one in REFUSED])
def test_what_is_refused_to_staff_leaves_a_line_too(
    api: Choir, what: str, ask: Callable[[Choir], httpx.Response], status: int, operation: str
) -> None:
    assert ask(api.as_("zoe", "manager:north")).status_code == status
    line = api.lines[-1]
    assert (line["status"], line["operation"], line["role"]) == (status, operation, "manager")


NOT_ASKED: list[Callable[[Choir], httpx.Response]] = [
    lambda api: api.post("/v1/programs/north/singers", {"wrong": 1}),
    lambda api: api.post("/v1/programs/north/singers", content=b"{", headers={"Content-Type": "application/json"}),
    lambda api: api.get("/v1/nothing"),
    lambda api: api.get("/v1/programs/north/figures"),
    lambda api: api.send("OPTIONS", "/v1/programs/north/singers"),
]


@pytest.mark.parametrize("number", range(len(NOT_ASKED)))
def test_what_is_not_understood_and_what_shows_nobody_leaves_no_line(api: Choir, number: int) -> None:
    NOT_ASKED[number](api.as_("zoe", "admin"))
    assert api.lines == []


def test_what_people_do_and_see_for_themselves_leaves_no_line_whatever_role_they_have_beside(api: Choir) -> None:
    ada, _ = singers(api)
    for roles in ((), ("manager:south",), ("manager:north",), ("admin",)):
        api.as_("ada", *roles)
        assert api.get(f"/v1/singers/{ada}").status_code == 200
    assert api.as_("ada").post(f"/v1/singers/{ada}/sing").status_code == 200
    assert api.as_("ada").post("/v1/programs/north/singers", {"person_id": "ada"}).status_code == 403
    assert api.lines == []


def test_what_is_on_record_whoever_asks_is(api: Choir) -> None:
    assert api.as_("ada").post(f"/v1/singers/{singers(api)[0]}/retire").status_code == 200
    line = api.line()
    assert (line["actor"], line["role"], line["operation"]) == ("person/ada", "person", "Retire")
    assert api.as_("ada").get("/v1/people/ada/neighbors").status_code == 200
    line = api.line()
    assert (line["role"], line["operation"], line["people"]) == ("person", "list_neighbors", ["mia"])


def test_a_command_that_is_repeated_under_its_key_is_one_line(api: Choir) -> None:
    api.as_("zoe", "admin")
    for _ in range(3):
        api.post("/v1/programs/north/singers", {"person_id": "mia"}, headers={"Idempotency-Key": "k1"})
    assert len(api.lines) == 1


def test_a_route_that_sends_commands_is_one_line_in_the_transaction_of_the_first(api: Choir) -> None:
    store = Noting()
    store.collections = api.store.collections
    api.executor.store = store
    assert api.as_("zoe", "admin").post(f"/v1/singers/{singers(api)[0]}/seat").status_code == 200
    line = api.line()
    assert (line["operation"], line["role"], line["people"]) == ("seat_singer", "admin", ["ada"])
    assert store.transactions[0] == ["singer", "outbox"]


def test_an_operator_who_acts_in_an_organization_is_on_its_trail(api: Choir) -> None:
    api.as_("ops", kind="operator", tenant="acme").post(f"/v1/singers/{singers(api)[0]}/sing")
    line = api.line()
    assert (line["tenant"], line["actor"], line["role"]) == ("acme", "operator/ops", "operator")
    api.as_("ops", kind="operator", tenant=None).get("/v1/unsaid")
    assert api.line()["tenant"] == "-"


def test_the_line_of_a_command_that_publishes_takes_no_further_round_trip() -> None:
    trips = list[int]()
    askers: list[dict[str, Any]] = [{"sub": "ada"}, {"kind": "client", "sub": "hr"}]
    for claims in askers:
        with running(garden) as api:
            transact = api.store.transact

            async def counting(writes: Sequence[Write], transact: Any = transact) -> None:
                trips.append(len(grouped(writes)))
                await transact(writes)

            api.store.transact = counting  # type: ignore[method-assign]  # it counts, and does the same
            api.token = api.issuer.token(**claims)
            assert api.post("/v1/plots/p1/water", {"liters": 1}).status_code == 200
    assert trips == [2, 2]
