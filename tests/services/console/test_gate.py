"""What the console says to the other services of who asks through it."""

import asyncio

import httpx
import pytest

from services.console.service import service
from services.console.settings import ConsoleSettings
from shared.engine.authoring.answer import Answer
from shared.engine.batch.message import Message
from shared.engine.memory.store import MemoryStore
from shared.web.app import create_app
from tests.shared.web.issuing import Issuer


@pytest.mark.parametrize(("hops", "told"), [(0, "10.0.0.1"), (1, "203.0.113.5")])
def test_intake_is_told_from_where_a_browser_asks_and_not_from_where_the_gateway_does(hops: int, told: str) -> None:
    seen = list[str]()

    def intake(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["x-forwarded-for"])
        return httpx.Response(403, json={"detail": "This link signs nobody in."})

    async def ask() -> int:
        settings, verifier = ConsoleSettings(forwarded_hops=hops), Issuer().verifier()
        app = create_app(service, _nothing, MemoryStore(), settings, verifier)
        app.state.http = httpx.AsyncClient(transport=httpx.MockTransport(intake))
        transport = httpx.ASGITransport(app, client=("10.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://console.test") as browser:
            headers = {"X-Forwarded-For": "6.6.6.6, 203.0.113.5"}
            return (await browser.get("/sign-in", params={"link": "a.b.c"}, headers=headers)).status_code

    assert asyncio.run(ask()) == 403
    assert seen == [told]


async def _nothing(_: Message) -> Answer:
    raise AssertionError
