"""What issued tokens say, as every service reads it."""

import asyncio
import json
from pathlib import Path

import pytest

from services.intake.identity.keys import SigningKeys
from services.intake.identity.tokens import Tokens
from services.intake.settings import IntakeSettings
from shared.clock import system_clock
from shared.web.auth import Caller, Verifier
from shared.web.issuer_keys import IssuerKeys


@pytest.mark.parametrize(
    "caller",
    [
        Caller("acme", "person", "p1", roles=frozenset({"admin", "manager:0190"}), is_fresh=False),
        Caller("acme", "client", "c1", scopes=frozenset({"intake:read", "intake:write"})),
        Caller("acme", "operator", "ops"),
    ],
    ids=lambda caller: caller.kind,
)
def test_a_token_says_of_its_caller_all_that_it_was_issued_for(caller: Caller, tmp_path: Path) -> None:
    settings = IntakeSettings(signing_key_file=tmp_path / "keys.json")
    keys = SigningKeys(settings.signing_key_file)

    async def published() -> bytes:
        return json.dumps(keys.published()).encode()

    verifier = Verifier(IssuerKeys(published, system_clock), settings.issuer, settings.audience, system_clock)
    token = Tokens(settings, keys, system_clock).issue(caller, "somebody").access_token
    assert asyncio.run(verifier.caller({b"authorization": f"Bearer {token}".encode()})) == caller
