"""The pages of other systems: made with scopes, renamed, given another secret, and shut out for good."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Form
from pydantic import BaseModel
from starlette.responses import Response

from services.console.api import Done, FieldProblem, ServiceProblem, Shown, at
from services.console.frame.capabilities import Capability, Entry, Place, admins
from services.console.frame.forms import Key, Text
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from shared.engine.authoring.grants import ADMIN
from shared.engine.authoring.scopes import SCOPES
from shared.web.routes import Pages

routes = Pages(allow=(ADMIN,))

MOST_SECRETS = 2
SENT_BEFORE = "idempotency-key-reused"
"""What is answered to a form that made a secret already, which is shown once: as when its page is loaded again."""

SCOPE_WORDS = {
    "intake:read": msgid("Read programs, people, applications and imports"),
    "intake:write": msgid("Change programs, people, applications and imports"),
    "matching:read": msgid("Read pools, runs, matches and who waits"),
    "matching:write": msgid("Start runs, propose matches, pin and exclude"),
    "sessions:read": msgid("Read relationships and sessions, without what is to be done"),
    "sessions:write": msgid("Change sessions and action items"),
    "evaluation:read": msgid("Read figures and risks"),
    "notify:read": msgid("Read which messages went to whom, without what they say"),
    "timers:read": msgid("Read what happens by itself, and when"),
}
"""What a client may do with each scope; there is no other one."""
assert SCOPE_WORDS.keys() == SCOPES.keys()


class Secret(Shown):
    """A secret of a client, without what it is."""

    id: str
    made_at: datetime | None = None


class Client(Shown):
    """Another system."""

    client_id: str
    name: str
    scopes: Sequence[str] = ()
    secrets: Sequence[Secret] = ()
    keys: Sequence[str] = ()
    used_on: date | None = None
    disabled_at: datetime | None = None

    @property
    def may_have_another(self) -> bool:
        """Whether it can be given another secret."""
        return len(self.secrets) < MOST_SECRETS


class NewClient(BaseModel):
    """A system that is to act in the organization."""

    key: Key = ""
    name: Text = ""
    scopes: list[Text] = []


class Revealed(BaseModel):
    """A secret that is shown this once."""

    client_id: str
    client_secret: str


@routes.get("/clients")
async def list_clients(page: CurrentPage) -> Response:
    """Show the systems that act in the organization."""
    return await _list(page)


@routes.post("/clients")
async def make_client(page: CurrentPage, new: Annotated[NewClient, Form()]) -> Response:
    """Let another system act in the organization, and show its secret this once."""
    try:
        made = await page.api.do("intake", "/v1/clients", {"name": new.name, "scopes": new.scopes}, new.key)
    except ServiceProblem as problem:
        if problem.code == SENT_BEFORE:
            return page.go("/clients")
        return await _list(page, problem, new.model_dump())
    return await _show(page, str(made.body["client_id"]), revealed=_secret(made))


@routes.get("/clients/{client_id}")
async def show_client(client_id: str, page: CurrentPage) -> Response:
    """Show one of these systems."""
    return await _show(page, client_id)


@routes.post("/clients/{client_id}/rename")
async def rename(client_id: str, page: CurrentPage, key: Key = "", name: Text = "") -> Response:
    """Call it otherwise."""
    return await _do(page, client_id, "rename", key, {"name": name})


@routes.post("/clients/{client_id}/secrets")
async def add_secret(client_id: str, page: CurrentPage, key: Key = "") -> Response:
    """Give it another secret, and show that this once."""
    try:
        made = await page.api.do("intake", at("/v1/clients/{}/secrets", client_id), key=key)
    except ServiceProblem as problem:
        if problem.code == SENT_BEFORE:
            return page.go(at("/clients/{}", client_id))
        return await _show(page, client_id, problem)
    return await _show(page, client_id, revealed=_secret(made, client_id))


@routes.post("/clients/{client_id}/secrets/{secret_id}/end")
async def end_secret(client_id: str, secret_id: str, page: CurrentPage, key: Key = "") -> Response:
    """Have a secret count no longer."""
    return await _do(page, client_id, at("secrets/{}/end", secret_id), key)


@routes.post("/clients/{client_id}/keys")
async def trust_keys(client_id: str, page: CurrentPage, key: Key = "", keys: Text = "") -> Response:
    """Let it show who it is by what it signs."""
    try:
        body = {"keys": _public_keys(keys)}
    except ValueError:
        return await _show(page, client_id, _unreadable(page), typed=keys)
    return await _do(page, client_id, "keys", key, body, typed=keys)


@routes.post("/clients/{client_id}/disable")
async def disable(client_id: str, page: CurrentPage, key: Key = "") -> Response:
    """Let it in no more, for good."""
    return await _do(page, client_id, "disable", key)


async def _do(
    page: Page, client_id: str, what: str, key: str, body: Mapping[str, Any] | None = None, typed: str = ""
) -> Response:
    try:
        await page.api.do("intake", at("/v1/clients/{}/", client_id) + what, body, key)
    except ServiceProblem as problem:
        return await _show(page, client_id, problem, typed=typed)
    return page.go(at("/clients/{}", client_id))


async def _list(page: Page, problem: ServiceProblem | None = None, typed: Mapping[str, Any] | None = None) -> Response:
    found = await page.api.every(Client, "intake", "/v1/clients")
    at_work = [one for one in found if one.disabled_at is None]
    title = page.say_number(
        "One other system acts in the organization", "%(num)s other systems act in the organization", len(at_work)
    )
    return page.html(
        "clients/clients.html",
        title if at_work else page.say(msgid("No other system acts in the organization")),
        problem=problem,
        clients=sorted(found, key=lambda one: (one.disabled_at is not None, one.name.casefold())),
        scopes=[(name, page.say(words), name) for name, words in SCOPE_WORDS.items()],
        typed=typed or {"name": "", "scopes": []},
    )


async def _show(
    page: Page,
    client_id: str,
    problem: ServiceProblem | None = None,
    revealed: Revealed | None = None,
    typed: str = "",
) -> Response:
    client = await page.api.one(Client, "intake", at("/v1/clients/{}", client_id))
    return page.html(
        "clients/client.html",
        client.name,
        problem=problem,
        client=client,
        scopes=[page.say(SCOPE_WORDS[name]) for name in client.scopes],
        revealed=revealed,
        typed=typed,
    )


def _secret(made: Done, client_id: str = "") -> Revealed:
    return Revealed(client_id=made.body.get("client_id", client_id), client_secret=str(made.body["client_secret"]))


def _public_keys(text: str) -> list[Any]:
    """The keys in what was pasted: a JWK Set, a list of JWKs, or one; raises `ValueError` for anything else."""
    if not text.strip():
        return []
    pasted = json.loads(text)
    if isinstance(pasted, dict):
        pasted = pasted.get("keys", [pasted])
    if not isinstance(pasted, list):
        raise ValueError("no list of keys")
    return pasted


def _unreadable(page: Page) -> ServiceProblem:
    words = page.say(msgid("This is no JSON: paste the public key as a JWK, or a JWK Set with several."))
    return ServiceProblem(
        "console", 422, {"detail": words, "errors": [FieldProblem(field="/keys", detail=words).model_dump()]}
    )


clients = Capability(routes, (Entry(Place.ORGANIZATION, msgid("Other systems"), "/clients", "server", admins),))
