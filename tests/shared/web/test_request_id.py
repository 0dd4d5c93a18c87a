"""Every request has a name: what the client calls it, or a new one."""

import asyncio

import pytest
import structlog

from shared.engine.authoring.answer import Answer
from shared.engine.batch.message import Message
from shared.observe import logs
from tests.shared.web.api import running
from tests.shared.web.garden import garden

VALID = ["r-1", "8e03978e-40d5-43dd-bc93-6894a57f9324", "a" * 128, '"quoted";q=1', "!~", "1"]
INVALID = ["", "a" * 129, "two words", "a\tb", "grün", "\x7f", "a\x00b"]


@pytest.mark.parametrize("id", VALID)
def test_an_id_comes_back_with_answers_and_problems(id: str) -> None:
    headers = {"X-Request-Id": id}
    with running(garden) as api:
        for answer in (
            api.post("/v1/plots/a/water", {"liters": 5}, headers=headers),
            api.get("/v1/plots/a", headers=headers),
            api.get("/v1/plots/a", headers={**headers, "If-None-Match": "*"}),
            api.send("HEAD", "/v1/plots", headers=headers),
            api.send("OPTIONS", "/v1/plots", headers=headers),
            api.get("/livez", headers=headers),
        ):
            assert answer.headers.get_list("x-request-id") == [id]
        for problem in (
            api.post("/v1/plots/a/water", {"liters": "x"}, headers=headers),
            api.post("/v1/plots/a/water", {"liters": 999}, headers=headers),
            api.post("/v1/rakes", headers=headers),
            api.get("/v1/thorns", headers=headers),
            api.get("/v1/plots/b", headers=headers),
            api.get("/v1/nowhere", headers=headers),
            api.get("/v1/plots", headers={**headers, "Authorization": "Bearer nonsense"}),
        ):
            assert problem.headers.get_list("x-request-id") == [problem.json()["request_id"]] == [id]


@pytest.mark.parametrize("id", INVALID)
def test_what_is_no_id_is_replaced(id: str) -> None:
    with running(garden) as api:
        found = {api.get("/v1/nowhere", headers={"X-Request-Id": id.encode("latin-1")}).json()["request_id"]}
        found |= {api.get("/livez").headers["x-request-id"] for _ in range(3)}
    assert len(found) == 4
    assert id not in found


def test_requests_at_the_same_time_keep_their_own_ids() -> None:
    both = asyncio.Barrier(2)

    async def submit(_: Message) -> Answer:
        await both.wait()
        raise RuntimeError("broken")

    async def ask(id: str) -> str:
        answer = await api.request("POST", "/v1/plots", json={}, headers={"X-Request-Id": id})
        return str(answer.json()["request_id"])

    async def together() -> list[str]:
        return await asyncio.gather(*(asyncio.create_task(ask(id)) for id in ("r1", "r2")))

    with running(garden, submit) as api:
        assert api.runner.run(together()) == ["r1", "r2"]


def test_what_is_logged_of_a_request_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    with structlog.testing.capture_logs(processors=logs.processors(False)[:2]) as lines, running(garden) as api:
        api.get("/v1/thorns", headers={"X-Request-Id": "r-7"})
    assert [line["request_id"] for line in lines if line["event"] == "http.failed"] == ["r-7"]
    assert "request_id" in logs.KNOWN
