"""Intake as far as it issues tokens, for tests that ask it for some."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from pydantic import SecretStr

from services.intake.identity.commands import commands as identity_commands
from services.intake.identity.queries import queries as identity_queries
from services.intake.identity.routes import routes
from services.intake.organizations.commands import commands as organization_commands
from services.intake.people.commands import commands as people_commands
from services.intake.people.queries import queries
from services.intake.settings import IntakeSettings
from shared.engine.authoring.service import Service
from tests.shared.web.api import Api, running

SECRET = "an operator's secret of 32 letters"

intake = Service(
    "intake",
    title="Intake",
    emits=[],
    handles=[identity_commands, organization_commands, people_commands],
    routers=[routes, identity_queries, queries],
)


@contextmanager
def issuing(folder: Path) -> Iterator[Api]:
    """Intake, with its keys in a folder, an operator's client, and one organization."""
    settings = IntakeSettings(signing_key_file=folder / "keys.json", operator_client_secret=SecretStr(SECRET))
    with running(intake, settings=settings) as api:
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


def add_person(api: Api) -> str:
    """Somebody new in the operator's tenant."""
    person = {"name": "Ada", "email": "ada@example.org", "time_zone": "Europe/Rome"}
    id: str = api.post("/v1/people", person).json()["id"]
    return id


def make_link(api: Api, person_id: str) -> str:
    """A link for that person."""
    link: str = api.post("/v1/sign-in-links", {"person_id": person_id}).json()["link"]
    return link
