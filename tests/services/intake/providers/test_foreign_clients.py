"""Libraries of others get, exchange, renew, look at and take back tokens, by what we publish of ourselves."""

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.foreign import NODE, PYTHON, install_clients, installed
from tests.services.intake.providers.provider import ADA
from tests.services.intake.providers.signing_in import Acme
from tests.services.intake.providers.test_token_exchange import PORTAL, Portal
from tests.shared.web.wire import server

pytestmark = pytest.mark.real

HERE = Path(__file__).with_name("openid")

Words = list[str | Path]


def openid_client() -> Words:
    """The library for Node."""
    return [NODE, installed(HERE, "check.mjs")]


def authlib() -> Words:
    """The library for Python."""
    install_clients()
    return [PYTHON, HERE / "authlib_client.py"]


def asked_by(program: Words, acme: Acme, **more: str) -> dict[str, Any]:
    """What a program finds that does all this as the portal of acme."""
    portal = Portal(acme)
    signed_in = acme.sign_in().json()

    async def ask() -> bytes:
        async with server(acme.api.app) as port:
            issuer = f"http://127.0.0.1:{port.number}"
            acme.api.app.state.settings = acme.api.app.state.settings.model_copy(update={"issuer": issuer})
            told = {
                "issuer": issuer,
                "client_id": portal.id,
                "client_secret": portal.secret,
                "subject_token": acme.provider.id_token(ADA, PORTAL),
                "refresh_token": signed_in["refresh_token"],
                **more,
            }
            acme.api.app.state.verifier = acme.api.own_verifier(acme.api.app.state.settings)
            words = [*map(str, program), json.dumps(told)]
            process = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            said, complaint = await process.communicate()
        assert process.returncode == 0, complaint.decode()
        return said

    found: dict[str, Any] = json.loads(acme.api.runner.run(ask()))
    return found


ALL = {
    "scope": "intake:read",
    "active": True,
    "issued": "urn:ietf:params:oauth:token-type:access_token",
    "revoked": True,
}


@pytest.mark.parametrize("algorithm", ["oidc", "oauth2"])
def test_openid_client_does_all_of_it_by_either_document(acme: Acme, algorithm: str) -> None:
    assert asked_by(openid_client(), acme, algorithm=algorithm) == ALL


def test_authlib_does_all_of_it(acme: Acme) -> None:
    assert asked_by(authlib(), acme) == ALL
