"""What holds for every request, whatever it is for."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator

import pytest
from fastapi.routing import iter_route_contexts
from starlette.types import Message

from shared.engine.authoring.grants import PERSON
from shared.engine.authoring.service import Service
from shared.engine.ports.store import PATIENCE, Unavailable
from shared.web.edge import MEGABYTE
from shared.web.routes import Routes
from tests.shared.web.api import Api, running
from tests.shared.web.garden import garden


def routes(api: Api) -> Iterator[tuple[str, str]]:
    """Every method and path that the app has a route for, shown in its document or not."""
    for route in iter_route_contexts(api.app.routes):
        for method in route.methods or ():
            yield method, re.sub(r"{\w+}", "x", route.path or "")


def test_every_route_needs_a_token_but_the_few_that_are_named() -> None:
    with running(garden) as api:
        found = set(routes(api))
        assert {("POST", "/v1/plots/x/water"), ("GET", "/v1/plots/x"), ("GET", "/livez")} <= found
        for token in (None, "garbage"):
            api.token = token
            entered = {path for method, path in found if api.send(method, path).status_code != 401}
            assert entered == {"/", "/livez", "/readyz", "/metrics", "/openapi.json"}


def test_without_a_token_nobody_learns_which_paths_there_are() -> None:
    with running(garden) as api:
        api.token = None
        for path in ("/v1/nowhere", "/livez/", "/livez/../v1/plots", "/%2Flivez", "/LIVEZ"):
            answer = api.get(path)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="ithaca"')
            assert answer.headers["content-type"] == "application/problem+json"


def test_a_route_that_hides_from_the_document_needs_a_token_too() -> None:
    hidden = Routes(allow=(PERSON,))

    @hidden.get("/shed", include_in_schema=False)
    async def shed() -> str:
        return "open"

    with running(Service("shed", title="Shed", emits=[], handles=[], routers=[hidden])) as api:
        assert api.get("/v1/shed").status_code == 200
        api.token = None
        assert api.get("/v1/shed").status_code == 401


def test_the_database_has_less_than_five_seconds_for_a_request_and_no_such_limit_beside_it() -> None:
    shed = Routes(allow=(PERSON,))

    @shed.get("/shed")
    async def patience() -> float:
        return PATIENCE.get()

    async def ask(api: Api) -> tuple[float, float]:
        return float((await api.request("GET", "/v1/shed")).text), PATIENCE.get()

    with running(Service("shed", title="Shed", emits=[], handles=[], routers=[shed])) as api:
        within, behind = api.runner.run(ask(api))
    assert within < 5 < behind


def test_a_body_is_bounded_by_what_it_says_of_its_length() -> None:
    with running(garden) as api:
        answer = api.post("/v1/plots", content=b"x" * (MEGABYTE + 1))
        assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
        assert "1000000 bytes" in answer.json()["detail"]
        assert api.post("/v1/plots", content=b" " * (MEGABYTE - 2) + b"{}").status_code == 201


def test_a_body_that_says_that_it_is_too_large_is_not_read_at_all() -> None:
    with running(garden) as api:
        read = False

        async def body() -> AsyncIterator[bytes]:
            nonlocal read
            read = True
            yield b"{}"

        answer = api.post("/v1/plots", content=body(), headers={"Content-Length": str(MEGABYTE + 1)})
        assert (answer.status_code, read) == (413, False)


@pytest.mark.parametrize("path", ["/v1/plots", "/v1/photos"])
def test_a_body_that_does_not_say_its_length_is_bounded_as_it_comes(path: str) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += MEGABYTE // 4
            yield b"x" * (MEGABYTE // 4)

    with running(garden) as api:
        assert api.post(path, content=endless()).status_code == 413
        assert sent <= 4 * MEGABYTE


def test_a_route_that_says_so_takes_larger_bodies() -> None:
    with running(garden) as api:
        assert api.post("/v1/photos", content=b"x" * 2 * MEGABYTE).json() == 2 * MEGABYTE
        assert api.post("/v1/photos", content=b"x" * 4 * MEGABYTE).status_code == 413


def test_who_hangs_up_in_the_middle_of_a_body_has_asked_for_nothing() -> None:
    with running(garden) as api:
        parts: list[Message] = [
            {"type": "http.request", "body": b'{"liters": 5}', "more_body": True},
            {"type": "http.disconnect"},
        ]
        answers: list[Message] = []

        async def receive() -> Message:
            return parts.pop(0)

        async def send(message: Message) -> None:
            answers.append(message)

        headers = [(b"authorization", f"Bearer {api.token}".encode())]
        scope = {"type": "http", "method": "POST", "path": "/v1/plots/a/water", "headers": headers}
        api.runner.run(api.app(scope, receive, send))
        assert answers == []
        assert api.get("/v1/plots/a").status_code == 404


def test_a_process_lives_and_is_ready_when_the_database_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(garden) as api:
        api.token = None
        assert (api.get("/livez").status_code, api.get("/readyz").status_code) == (200, 200)

        async def away(*_: object) -> None:
            await asyncio.sleep(0)
            raise Unavailable("away")

        monkeypatch.setattr(api.app.state.store, "get", away)
        assert (api.get("/livez").status_code, api.get("/readyz").status_code) == (200, 503)
