"""Intake as far as it issues tokens, for tests that ask it for some."""

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from joserfc.jws import extract_compact
from pydantic import SecretStr

from services.intake.service import service
from services.intake.settings import IntakeSettings
from shared.sign_in_secrets import Requested, SignInSecrets
from tests.services.intake.identity.devices import ORIGIN
from tests.shared.web.api import Api, running

SECRET = "an operator's secret of 32 letters"
KEY = b"k" * 32
SANDBOX = "sandbox-acme"
ADA = "ada@example.org"

mailbox = SignInSecrets([KEY])
"""What mails about signing in say."""


@contextmanager
def issuing(
    folder: Path,
    key: bytes | str = KEY,
    forwarded_hops: int = 0,
    provider_networks: str = "",
    public_url: str | None = ORIGIN,
    open_to_anybody: bool = False,
) -> Iterator[Api]:
    """Intake, with its keys in a folder, an operator's client, and one organization."""
    settings = IntakeSettings(
        signing_key_file=folder / "keys.json",
        forwarded_hops=forwarded_hops,
        provider_networks=provider_networks,
        operator_client_secret=SecretStr(SECRET),
        sign_in_key=SecretStr(b64encode(key.encode() if isinstance(key, str) else key).decode()),
        public_url=public_url,
        open_to_anybody=open_to_anybody,
    )
    with running(service, settings=settings) as api:
        register(api, "acme")
        yield api


def register(api: Api, slug: str) -> None:
    """Make an organization, as an operator whose token names none."""
    api.token = None
    api.token = ask_token(api).json()["access_token"]
    made = api.post("/v1/organizations", {"slug": slug, "name": slug.title(), "time_zone": "Europe/Rome"})
    assert made.status_code == 201
    api.token = None


def ask_token(api: Api, auth: tuple[str, str] = ("operator", SECRET), **form: str) -> httpx.Response:
    """A token, by client credentials in a Basic header."""
    return api.post("/oauth/token", data={"grant_type": "client_credentials"} | form, auth=auth)


def sign_in_operator(api: Api, tenant: str = "acme") -> None:
    """From now on, requests are an operator's, in a tenant."""
    api.token = None
    api.token = ask_token(api, tenant=tenant).json()["access_token"]


def add_person(api: Api, email: str = ADA) -> str:
    """Somebody new in the operator's tenant."""
    person = {"name": "Ada", "email": email, "time_zone": "Europe/Rome"}
    id: str = api.post("/v1/people", person).json()["id"]
    return id


def request_mail(api: Api, email: str = ADA, organization: str = "acme", **options: Any) -> dict[str, Any]:
    """What is answered to somebody who asks for a mail to sign in with; the mail is sent, if there is one."""
    body = {"organization": organization, "email": email}
    answer = api.post("/v1/sign-in/requests", body, **options)
    assert answer.status_code == 202, answer.text
    api.fire_timers()
    requested: dict[str, Any] = answer.json()
    return requested


def requested(asked: dict[str, Any]) -> Requested:
    """The request that was answered like that."""
    return Requested(*asked["request"].split("."))


def by_code(asked: dict[str, Any]) -> dict[str, str]:
    """What to show for the code in the mail."""
    return {"request": asked["request"], "browser": asked["browser"], "code": mailbox.code(requested(asked))}


def by_link(asked: dict[str, Any]) -> dict[str, str]:
    """What to show for the link in the mail."""
    return {"link": mailbox.link(requested(asked)), "browser": asked["browser"]}


def sign_in(api: Api, email: str = ADA) -> dict[str, Any]:
    """The tokens of somebody who signs in by e-mail."""
    tokens: dict[str, Any] = api.post("/v1/sign-in", by_code(request_mail(api, email))).json()
    return tokens


def token_of(api: Api, email: str) -> str:
    """A token of somebody who has just signed in by e-mail; requests have none."""
    api.token = None
    return str(sign_in(api, email)["access_token"])


@contextmanager
def administered(folder: Path, admin: str) -> Iterator[Api]:
    """Intake, with an organization whose admin has that address, and makes the requests; Ada is in it."""
    with issuing(folder) as api:
        sign_in_operator(api)
        api.app.state.ada = add_person(api)
        invitation = api.post("/v1/role-invitations", {"email": admin, "role": "admin"}).headers["location"]
        api.token = token_of(api, admin)
        api.post(f"{invitation}/accept")
        yield api


def claims(token: str) -> dict[str, Any]:
    """What an access token says."""
    return dict(json.loads(extract_compact(token.encode()).payload))
