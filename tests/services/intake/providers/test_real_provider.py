"""People sign in by a provider that we did not write, npm's oidc-provider, as they do in a browser."""

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from joserfc.jwk import ECKey, RSAKey

from services.intake.providers.documents import PAUSE
from services.intake.providers.relying_party import challenge
from tests.contracts.foreign import NODE, installed
from tests.services.intake.identity.issuing import claims, issuing
from tests.services.intake.providers.provider import Provider
from tests.services.intake.providers.signing_in import Acme
from tests.services.intake.providers.test_token_exchange import Portal

pytestmark = pytest.mark.real

HERE = Path(__file__).with_name("openid")
SECRET = "made by the provider"
REDIRECT = "http://127.0.0.1:8001/v1/sign-in/provider"
PEOPLE = {
    "ada": {"email": "ada@acme.example", "email_verified": True, "name": "Ada Rossi", "groups": ["hr-admins"]},
    "ben": {"email": "ben@acme.example", "email_verified": False},
}


class Real(Provider):
    """The real one, started and stopped by itself."""

    port: int
    process: subprocess.Popen[str]

    def start(self, ours: dict[str, Any] | None = None) -> None:
        """Have it answer, with a new key to sign with; `ours` are keys by which it is to know us."""
        key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True).as_dict(private=True)
        own = ours or {"keys": [ECKey.generate_key("P-256", auto_kid=True).as_dict(private=False)]}
        told = {"port": self.port, "redirect": REDIRECT, "people": PEOPLE, "ours": own, "keys": [key]}
        program = installed(HERE, "provider.mjs")
        words: list[str | Path] = [NODE, program.name, json.dumps(told)]
        self.process = subprocess.Popen(
            words, cwd=program.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout is not None
        while not (line := self.process.stdout.readline()).startswith("{"):
            assert line, "the provider has ended"
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def stop(self) -> None:
        """Have it end."""
        self.process.kill()
        self.process.wait()


@contextmanager
def real_provider() -> Iterator[Real]:
    """The real one, for the block."""
    real = Real()
    with create_server(("127.0.0.1", 0)) as found:
        real.port = found.getsockname()[1]
    real.issuer = f"http://127.0.0.1:{real.port}"
    real.start()
    try:
        yield real
    finally:
        real.stop()


@pytest.fixture(scope="module")
def real() -> Iterator[Real]:
    with real_provider() as found:
        yield found


@pytest.fixture
def acme(tmp_path: Path, real: Real) -> Iterator[Acme]:
    with issuing(tmp_path, provider_networks="127.0.0.0/8") as api:
        found = Acme(api, real)
        found.configure(client_secret=SECRET, rules=[{"claim": "groups", "value": "hr-admins", "role": "admin"}])
        yield found


def through(authorization_url: str, who: str) -> dict[str, str]:
    """What the browser of somebody brings back who signs in at the provider, and lets it tell who they are."""
    with httpx.Client(timeout=20) as browser:
        answer = browser.get(authorization_url)
        for _ in range(12):
            where = answer.headers.get("location", "")
            if where.startswith(REDIRECT):
                return dict(parse_qsl(urlsplit(where).query))
            if answer.is_redirect:
                answer = browser.get(answer.url.join(where))
                continue
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert prompt is not None, answer.text
            form = {"prompt": prompt[1], "login": who, "password": "any"}
            action = re.search(r'action="([^"]+)"', answer.text)
            assert action is not None
            answer = browser.post(answer.url.join(action[1]), data=form)
    raise AssertionError("the provider does not lead back")


def sign_in(acme: Acme, who: str = "ada", **more: Any) -> httpx.Response:
    """What somebody gets who signs in."""
    sent = acme.go(**more)
    return acme.back(sent, through(sent["authorization_url"], who))


def test_somebody_signs_in_with_the_roles_that_the_provider_says(acme: Acme) -> None:
    answer = sign_in(acme)
    assert answer.status_code == 200, answer.text
    said = claims(answer.json()["access_token"])
    assert (said["roles"], said["amr"]) == (["admin"], ["fed"])
    assert 0 <= said["iat"] - said["auth_time"] < 60
    acme.admin = answer.json()["access_token"]
    assert acme.as_admin("GET", f"/v1/people/{said['sub']}").json()["name"] == "Ada Rossi"
    path = f"/v1/people/{acme.boss_id}/roles/revoke"
    assert acme.as_admin("POST", path, {"role": "admin"}).status_code == 200


def test_somebody_whose_address_nobody_has_confirmed_is_not_let_in(acme: Acme) -> None:
    assert sign_in(acme, "ben").json()["about"] == "claim email_verified"


@pytest.mark.parametrize(
    "client",
    [
        {"client_id": "by-post", "client_secret": SECRET, "method": "client_secret_post"},
        {"client_id": "public", "client_secret": None, "method": "none"},
    ],
)
def test_it_knows_us_in_every_way(acme: Acme, client: dict[str, Any]) -> None:
    acme.configure(**client)
    assert sign_in(acme).status_code == 200


def test_it_knows_us_by_a_key_of_our_own(tmp_path: Path) -> None:
    with real_provider() as real, issuing(tmp_path, provider_networks="127.0.0.0/8") as api:
        acme = Acme(api, real)
        acme.configure(client_id="by-key", client_secret=None, method="private_key_jwt")
        assert [one["about"] for one in tried(acme) if not one["is_fine"]] == ["client"]
        real.stop()
        real.start(acme.as_admin("GET", "/v1/identity-provider").json()["jwks"])
        assert [one for one in tried(acme) if not one["is_fine"]] == []
        assert sign_in(acme).status_code == 200


def tried(acme: Acme) -> list[dict[str, Any]]:
    """What is found."""
    findings: list[dict[str, Any]] = acme.as_admin("POST", "/v1/identity-provider/try", {}).json()["findings"]
    return findings


@pytest.mark.parametrize(
    ("wrong", "about"),
    [
        ({}, None),
        ({"client_secret": "another one"}, "client"),
        ({"client_id": "nobody"}, "client"),
        ({"method": "none", "client_secret": None}, "client"),
        ({"scopes": ["payroll"]}, None),
    ],
)
def test_trying_it_out_finds_what_is_wrong_with_the_client(
    acme: Acme, wrong: dict[str, Any], about: str | None
) -> None:
    acme.configure(**{"client_secret": SECRET, **wrong})
    assert next((one["about"] for one in tried(acme) if one["keeps_out"]), None) == about


def test_trying_it_out_finds_that_the_redirect_address_is_not_registered(acme: Acme) -> None:
    acme.api.app.state.settings = acme.api.app.state.settings.model_copy(
        update={"provider_page": "https://pages.example/back"}
    )
    (wrong,) = [one for one in tried(acme) if one["keeps_out"]]
    assert wrong["about"] == "redirect address"
    assert "Register https://pages.example/back" in wrong["remedy"]


def test_who_signs_in_to_try_it_sees_what_the_provider_says(acme: Acme) -> None:
    answer = acme.as_admin("POST", "/v1/identity-provider/try", {})
    cookie = {"Cookie": answer.headers["set-cookie"].partition(";")[0]}
    returned = through(answer.json()["sign_in_url"], "ada")
    report = acme.api.get("/v1/sign-in/provider", params=returned, headers=cookie).json()
    assert (report["is_usable"], report["roles"]) == (True, ["admin"])


def test_new_keys_of_the_provider_count_without_a_restart(acme: Acme, real: Real) -> None:
    assert sign_in(acme).status_code == 200
    real.stop()
    real.start()
    acme.api.app.state.relying_party.documents.published[real.issuer].keyed -= PAUSE
    assert sign_in(acme).status_code == 200


def test_a_front_end_exchanges_the_id_token_that_the_provider_gave_it(acme: Acme, real: Real) -> None:
    portal = Portal(acme, client_secret=SECRET)
    token = id_token_of_portal(real)
    exchanged = portal.exchange(token)
    assert exchanged.status_code == 200, exchanged.text
    assert claims(exchanged.json()["access_token"])["act"] == {"sub": portal.id}


def id_token_of_portal(real: Real) -> str:
    """What the provider gives a front end that signs ada in."""
    verifier = "v" * 43
    asked = {
        "client_id": "portal",
        "response_type": "code",
        "redirect_uri": REDIRECT,
        "scope": "openid email",
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
        "claims": json.dumps({"id_token": {"email": None, "email_verified": None}}),
    }
    code = through(str(httpx.URL(f"{real.issuer}/auth", params=asked)), "ada")["code"]
    form = {"grant_type": "authorization_code", "client_id": "portal", "redirect_uri": REDIRECT, "code": code}
    answer = httpx.post(f"{real.issuer}/token", data=form | {"code_verifier": verifier})
    token: str = answer.json()["id_token"]
    return token
