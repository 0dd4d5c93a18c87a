import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx
import pytest

from deploy.tour.api import ATTEMPTS, Caller, Changed, DidNotHappen, Refused, Services, refusal

T = TypeVar("T")
Answer = Callable[[httpx.Request], httpx.Response]
CHANGED = {"id": "p1", "version": 1, "title": "Tech"}


def ask(answer: Answer, what: Callable[[Caller], Awaitable[T]]) -> T:
    """What somebody gets who asks a service that answers like this."""

    async def asking() -> T:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
            services = Services(http, {"intake": "http://intake.test"})
            services.correlate("tour/01")
            return await what(Caller(services, "secret"))

    return asyncio.run(asking())


async def create(caller: Caller) -> Changed:
    return await caller.post("intake", "/programs", {"title": "Tech"}, key="once")


def refused(request: httpx.Request) -> httpx.Response:
    problem = {"code": "slug-taken", "detail": "Choose a different one."}
    return httpx.Response(409, json=problem, headers={"content-type": "application/problem+json"})


def test_a_command_carries_the_token_the_correlation_id_and_the_idempotency_key() -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(201, json=CHANGED)

    assert ask(answer, create) == Changed(id="p1", version=1)
    assert str(sent[0].url) == "http://intake.test/v1/programs"
    assert sent[0].headers["Authorization"] == "Bearer secret"
    assert sent[0].headers["X-Correlation-Id"] == "tour/01"
    assert sent[0].headers["Idempotency-Key"] == "once"


def test_a_service_that_is_busy_is_asked_again_when_it_says() -> None:
    answers = iter([httpx.Response(503, headers={"Retry-After": "0"}), httpx.Response(201, json=CHANGED)])
    assert ask(lambda _: next(answers), create).id == "p1"


def test_a_service_that_stays_busy_is_given_up() -> None:
    busy = httpx.Response(503, headers={"Retry-After": "0"})
    with pytest.raises(DidNotHappen, match=f"intake is too busy: POST /v1/programs was asked for {ATTEMPTS} times"):
        ask(lambda _: busy, create)


def test_a_refusal_is_raised_with_its_code_and_its_sentence() -> None:
    with pytest.raises(Refused, match=r"409 slug-taken: Choose a different one\.") as raised:
        ask(refused, create)
    assert (raised.value.status, raised.value.code) == (409, "slug-taken")


def test_a_refusal_that_is_expected_is_returned() -> None:
    assert ask(refused, lambda caller: refusal(create(caller))).code == "slug-taken"


def test_what_should_be_refused_and_is_not_is_an_error() -> None:
    with pytest.raises(DidNotHappen, match="should have been refused"):
        ask(lambda _: httpx.Response(201, json=CHANGED), lambda caller: refusal(create(caller)))


def test_an_answer_that_is_no_problem_document_is_told_with_the_request() -> None:
    with pytest.raises(DidNotHappen, match="POST /v1/programs gave 502"):
        ask(lambda _: httpx.Response(502, text="Bad gateway"), create)


def test_a_service_that_does_not_answer_is_named() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(DidNotHappen, match=r"intake does not answer \(ConnectError\)"):
        ask(answer, create)


def test_a_list_is_read_to_its_end() -> None:
    pages = {None: ([CHANGED], "p1"), "p1": ([CHANGED | {"id": "p2"}], None)}

    def answer(request: httpx.Request) -> httpx.Response:
        items, following = pages[request.url.params.get("after")]
        assert request.url.params["limit"] == "1"
        return httpx.Response(200, json={"items": items, "next": following})

    async def read(caller: Caller) -> list[Changed]:
        return await caller.every("intake", "/programs", Changed, limit=1)

    assert [one.id for one in ask(answer, read)] == ["p1", "p2"]
