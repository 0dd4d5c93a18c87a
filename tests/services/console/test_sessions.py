"""Sessions of browsers, as far as it depends on what intake says to a refresh token."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from starlette.datastructures import State

from services.console.api import Api, ServiceProblem
from services.console.door.commands import CloseSession
from services.console.door.model import Session
from services.console.door.seal import Tokens, seal
from services.console.door.visits import Sessions, SignedIn
from services.console.service import service
from services.console.settings import ConsoleSettings
from tests.scenario import Scenario

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
SECRET = "the secret of a browser"


def asked_with_a_late_token(status: int) -> tuple[SignedIn | None, list[Any]]:
    """Who is signed in when intake answers the refresh token with that status, and what was asked for then."""
    scenario, sent = Scenario(service), list[Any]()
    tokens = Tokens(access_token="a", refresh_token="r")
    scenario.given(Session(id=Session.key(SECRET), sealed=seal(tokens, SECRET), expires_at=NOW))

    async def send(command: object, _: object) -> None:
        sent.append(command)

    async def ask() -> SignedIn | None:
        transport = httpx.MockTransport(lambda _: httpx.Response(status, json={"error": "invalid_grant"}))
        async with httpx.AsyncClient(transport=transport) as http:
            state = State({"store": scenario.store, "send": send, "verifier": None})
            sessions = Sessions(state, lambda: NOW, Api(http, ConsoleSettings()))
            return await sessions.of(f"{scenario.tenant}.{SECRET}")

    return asyncio.run(ask()), sent


def test_a_session_whose_refresh_token_is_refused_is_over() -> None:
    assert asked_with_a_late_token(400) == (None, [CloseSession(session_id=Session.key(SECRET))])


@pytest.mark.parametrize("status", [429, 500, 503])
def test_nobody_is_signed_out_because_intake_cannot_answer_now(status: int) -> None:
    with pytest.raises(ServiceProblem):
        asked_with_a_late_token(status)
