"""A command over HTTP: what is read from the request, and what the answer says."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import httpx
import pytest

from shared.engine.authoring.answer import Answer, Ending
from shared.engine.batch.message import Message
from shared.engine.ports.store import Unavailable, WriteRefused
from shared.errors import TryLater
from shared.web.commands import Submit
from tests.shared.web.api import Api, running
from tests.shared.web.garden import garden


def answered(answer: Answer) -> tuple[Submit, list[Message]]:
    """Hands everything the same answer, and keeps what was asked."""
    asked: list[Message] = []

    async def submit(message: Message) -> Answer:
        asked.append(message)
        return answer

    return submit, asked


def said(answer: httpx.Response) -> dict[str, Any]:
    """What a problem says beside which request it was."""
    return {name: value for name, value in answer.json().items() if name != "request_id"}


def asked_with(headers: dict[str, str], path: str = "/v1/plots/a/water") -> Message:
    submit, asked = answered(Answer(Ending.DONE, 200, b"{}", 1))
    with running(garden, submit) as api:
        assert api.post(path, {"liters": 5}, headers=headers).is_success
    return asked[0]


def test_an_answer_has_the_status_the_id_and_the_version_as_an_etag() -> None:
    with running(garden) as api:
        made = api.post("/v1/plots", {"soil": "sand"})
        assert (made.status_code, made.json()["version"], made.headers["etag"]) == (201, 1, '"1"')
        watered = api.post(f"/v1/plots/{made.json()['id']}/water", {"liters": 5})
        assert (watered.status_code, watered.json()["version"], watered.headers["etag"]) == (200, 2, '"2"')
        assert watered.headers["content-type"] == "application/json"


def test_a_command_without_a_body_of_its_own_takes_none_or_an_empty_one() -> None:
    with running(garden) as api:
        api.token = api.issuer.token(kind="client")
        api.post("/v1/plots/a/water", {"liters": 5})
        assert api.post("/v1/plots/a/empty").json() == {"liters": 5}
        assert api.post("/v1/plots/a/empty", {}).json() == {"liters": 0}


def test_a_stale_version_is_refused_and_the_current_one_taken() -> None:
    with running(garden) as api:
        api.post("/v1/plots/a/water", {"liters": 5})
        api.post("/v1/plots/a/water", {"liters": 5})
        stale = api.post("/v1/plots/a/water", {"liters": 5}, headers={"If-Match": '"1"'})
        assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")
        assert api.post("/v1/plots/a/water", {"liters": 5}, headers={"If-Match": '"2"'}).status_code == 200
        assert api.post("/v1/plots/a/water", {"liters": 5}, headers={"If-Match": "*"}).status_code == 200


@pytest.mark.parametrize("unreadable", ["3", 'W/"3"', '"a"', '"1", "2"', '""', '"-1"', '"1' + "0" * 30 + '"'])
def test_a_precondition_that_is_no_version_is_refused_with_an_example(unreadable: str) -> None:
    with running(garden) as api:
        answer = api.post("/v1/plots/a/water", {"liters": 5}, headers={"If-Match": unreadable})
        assert (answer.status_code, answer.json()["code"]) == (400, "if-match-unreadable")
        assert '"3"' in answer.json()["detail"]


def test_a_command_sent_twice_with_one_key_is_done_once_and_answered_twice() -> None:
    with running(garden) as api:
        first, second = (
            api.post("/v1/plots/a/water", content=body, headers={"Idempotency-Key": "k1"})
            for body in ('{"liters": 5, "tools": ["can"]}', '{"tools":["can"],"liters":5}')
        )
        assert (first.status_code, first.content) == (second.status_code, second.content)
        assert first.headers["etag"] == second.headers["etag"]
        assert api.get("/v1/plots/a").json()["liters"] == 5


def test_a_refusal_is_repeated_too() -> None:
    with running(garden) as api:
        first, second = (
            api.post("/v1/plots/a/water", {"liters": 999}, headers={"Idempotency-Key": "k1"}) for _ in range(2)
        )
        assert (first.status_code, said(first)) == (second.status_code, said(second))
        assert second.json()["request_id"] == second.headers["x-request-id"] != first.headers["x-request-id"]
        assert second.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("path", "body"), [("a", {"liters": 6}), ("b", {"liters": 5})])
def test_a_key_that_was_used_for_something_else_is_refused(path: str, body: object) -> None:
    with running(garden) as api:
        api.post("/v1/plots/a/water", {"liters": 5}, headers={"Idempotency-Key": "k1"})
        other = api.post(f"/v1/plots/{path}/water", body, headers={"Idempotency-Key": "k1"})
        assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


def test_a_key_is_the_callers_own() -> None:
    with running(garden) as api:
        api.post("/v1/plots/a/water", {"liters": 5}, headers={"Idempotency-Key": "k1"})
        api.token = api.issuer.token(sub="p2")
        assert api.post("/v1/plots/a/water", {"liters": 7}, headers={"Idempotency-Key": "k1"}).status_code == 200
        api.token = api.issuer.token(tenant="beta")
        assert api.post("/v1/plots/a/water", {"liters": 9}, headers={"Idempotency-Key": "k1"}).json()["version"] == 1


@pytest.mark.parametrize(
    ("key", "same"),
    [
        ("8e03978e-40d5-43dd", '"8e03978e-40d5-43dd"'),
        ("8e03978e-40d5-43dd", ' "8e03978e-40d5-43dd"\t'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("k" * 255, '"' + "k" * 255 + '"'),
        ('"' + '\\"' * 255 + '"', '"' + '\\"' * 255 + '"'),
        ('"two words"', '"two words"'),
    ],
)
def test_a_key_in_quotes_is_the_same_as_the_bare_one(key: str, same: str) -> None:
    with running(garden) as api:
        for written in (key, same):
            answer = api.post("/v1/plots/a/water", {"liters": 5}, headers={"Idempotency-Key": written})
            assert answer.json()["version"] == 1


@pytest.mark.parametrize("other", ["K1", '"k1 "', '" k1"', "'k1'", "k1;a=1", '"k\\\\1"'])
def test_a_key_that_looks_alike_is_another_one(other: str) -> None:
    with running(garden) as api:
        api.post("/v1/plots/a/water", {"liters": 5}, headers={"Idempotency-Key": "k1"})
        answer = api.post("/v1/plots/a/water", {"liters": 5}, headers={"Idempotency-Key": other})
        assert answer.json()["version"] == 2


ABSURD = ["", " ", "a b", "k" * 256, "schlüssel", '"', '""', '"k1', '"k"1"', '"\\k"', '"' + "k" * 256 + '"', '"k1";a=1']


@pytest.mark.parametrize("key", ABSURD)
def test_a_key_that_is_none_is_refused_with_what_a_key_may_be(key: str) -> None:
    with running(garden) as api:
        answer = api.post("/v1/plots/a/water", {"liters": 5}, headers={"Idempotency-Key": key.encode("latin-1")})
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-unreadable")


@pytest.mark.parametrize(("liters", "status", "code"), [(5, 409, "in-use"), (6, 422, "reused")])
def test_a_repetition_does_not_wait_beside_the_first_one(liters: int, status: int, code: str) -> None:
    began, ending = asyncio.Event(), asyncio.Event()

    async def submit(_: Message) -> Answer:
        began.set()
        await ending.wait()
        return Answer(Ending.DONE, 200, b"{}", 1)

    async def ask(api: Api) -> tuple[int, httpx.Response, int]:
        def water(liters: int) -> Coroutine[Any, Any, httpx.Response]:
            return api.request("POST", "/v1/plots/a/water", json={"liters": liters}, headers={"Idempotency-Key": "k1"})

        first = asyncio.create_task(water(5))
        await began.wait()
        meanwhile = await water(liters)
        ending.set()
        return (await first).status_code, meanwhile, (await water(liters)).status_code

    with running(garden, submit) as api:
        first, meanwhile, later = api.runner.run(ask(api))
    assert (first, later) == (200, 200)
    assert (meanwhile.status_code, meanwhile.json()["code"]) == (status, f"idempotency-key-{code}")
    assert meanwhile.headers.get("retry-after") == ("1" if status == 409 else None)


def test_who_asked_and_what_it_belongs_to_travel_with_the_message() -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    message = asked_with({"X-Correlation-Id": "order-7", "traceparent": trace})
    assert (message.tenant, message.origin.actor) == ("acme", "person/p1")
    assert (message.origin.correlation, message.origin.traceparent) == ("order-7", trace)


def test_what_a_request_belongs_to_travels_with_the_command_of_a_route_of_its_own() -> None:
    message = asked_with({"X-Correlation-Id": "order-7", "Idempotency-Key": "k1"}, path="/v1/plots/a/sprinkle")
    assert message.origin.correlation == "order-7"
    assert message.idempotency is None


@pytest.mark.parametrize("headers", [{}, {"X-Correlation-Id": "a b", "traceparent": "nonsense"}])
def test_without_a_valid_correlation_the_message_begins_its_own(headers: dict[str, str]) -> None:
    message = asked_with(headers)
    assert (message.origin.correlation, message.origin.traceparent) == (message.id, "")


def test_under_pressure_the_answer_says_when_to_come_back() -> None:
    async def submit(_: Message) -> Answer:
        raise TryLater("Too much waits.", retry_after=3)

    with running(garden, submit) as api:
        answer = api.post("/v1/plots", {})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")
        assert answer.json()["code"] == "try-later"


def test_when_the_database_is_away_the_answer_says_that_it_may_have_been_done() -> None:
    submit, _ = answered(Answer(Ending.FAILED, error=Unavailable("10.0.0.7 is away")))
    with running(garden, submit) as api:
        answer = api.post("/v1/plots", {})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert "Idempotency-Key" in answer.json()["detail"]
        assert "10.0.0.7" not in answer.text


def test_what_the_database_refuses_is_a_failure_on_this_side() -> None:
    submit, _ = answered(Answer(Ending.FAILED, 500, error=WriteRefused("E11000")))
    with running(garden, submit) as api:
        assert api.post("/v1/plots", {}).status_code == 500


def test_a_command_is_only_for_those_that_it_names() -> None:
    with running(garden) as api:
        refused = api.post("/v1/plots/a/empty")
        assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")
        assert "operator, client with the scope intake:write" in refused.json()["detail"]
        api.token = api.issuer.token(kind="operator")
        assert api.post("/v1/plots/a/empty").status_code == 404


def test_an_operator_without_a_tenant_is_told_to_name_one() -> None:
    with running(garden) as api:
        api.token = api.issuer.token(kind="operator", tenant=None)
        for answer in (api.post("/v1/plots", {}), api.post("/v1/plots/a/empty"), api.get("/v1/plots/a")):
            assert (answer.status_code, answer.json()["code"]) == (403, "tenant-missing")
            assert "tenant=" in answer.json()["detail"]


def test_a_command_that_names_its_tenant_is_for_an_operator_of_no_tenant_or_of_that_one() -> None:
    with running(garden) as api:
        api.token = api.issuer.token(kind="operator", tenant=None)
        assert api.post("/v1/gardens", {"garden": "beta"}).status_code == 201
        api.token = api.issuer.token(kind="operator", tenant="acme")
        assert api.post("/v1/gardens", {"garden": "acme"}).status_code == 201
        assert api.post("/v1/gardens", {"garden": "beta"}).json()["code"] == "not-allowed"
        api.token = api.issuer.token(tenant="beta")
        assert api.get("/v1/plots/beta").json()["liters"] == 1


def test_a_command_without_a_path_is_asked_for_by_the_services_own_routes_only() -> None:
    with running(garden) as api:
        paths = api.get("/openapi.json").json()["paths"]
        assert "/v1" not in paths
        assert api.post("/v1", {"plot_id": "a"}).status_code == 404
        assert api.post("/v1/plots/a/seed").status_code == 403
        api.token = api.issuer.token(kind="operator")
        assert api.post("/v1/plots/a/seed").status_code == 201


def test_many_commands_at_once_each_get_their_own_answer() -> None:
    with running(garden) as api:

        async def water(plot: int) -> int:
            answer = await api.request("POST", f"/v1/plots/{plot}/water", json={"liters": plot + 1})
            version: int = answer.json()["version"]
            return version

        async def many() -> list[int]:
            return await asyncio.gather(*(water(plot) for plot in range(30)))

        assert api.runner.run(many()) == [1] * 30
        assert [api.get(f"/v1/plots/{plot}").json()["liters"] for plot in range(30)] == list(range(1, 31))


def test_what_was_made_says_where_it_can_be_read() -> None:
    with running(garden) as api:
        made = api.post("/v1/plots", {"soil": "sand"}, headers={"Idempotency-Key": "k1"})
        assert made.headers["location"] == f"/v1/plots/{made.json()['id']}"
        assert api.get(made.headers["location"]).json()["id"] == made.json()["id"]
        again = api.post("/v1/plots", {"soil": "sand"}, headers={"Idempotency-Key": "k1"})
        assert again.headers["location"] == made.headers["location"]
        assert "location" not in api.post(f"/v1/plots/{made.json()['id']}/water", {"liters": 5}).headers
