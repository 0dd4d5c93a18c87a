"""How other systems are let act in a tenant."""

import json
from collections.abc import Mapping
from typing import Annotated

from fastapi import Header, Response
from pydantic import BaseModel, Field

from services.intake.fields import Name, ScopeName
from services.intake.identity.commands.registration import AddClientSecret, ClientId, RegisterClient, SecretAdded
from services.intake.identity.credentials import hashed, new_secret
from services.intake.identity.routes.door import MADE, NO_STORE
from shared.engine.authoring.grants import ADMIN, OPERATOR
from shared.engine.authoring.scopes import SCOPES
from shared.web.auth import CurrentCaller
from shared.web.commands import CommandSender, SendCommand
from shared.web.document import KEY_PATTERN
from shared.web.routes import WholePaths

routes = WholePaths()


class NewClient(BaseModel, extra="forbid"):
    """A system that is to act in the tenant."""

    name: Name = Field(description="As people call it")
    scopes: tuple[ScopeName, ...] = Field(
        tuple(SCOPES), min_length=1, description="What it is to be for, and nothing else; all if it is left out"
    )


class ClientCredentials(BaseModel):
    """What a client needs to get tokens. The secret is shown this once, and not kept."""

    client_id: str
    client_secret: str
    scopes: tuple[ScopeName, ...] = Field(description="What it can get tokens for")


class NewSecret(BaseModel):
    """Another secret of a client. It is shown this once, and not kept."""

    secret_id: str = Field(description="By which it can be ended")
    client_secret: str


Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=512,
        pattern=KEY_PATTERN,
        description="With it a secret is made once: a second request is refused, as the secret was shown to the first",
    ),
]


@routes.post("/v1/clients", allow=(OPERATOR, ADMIN), fresh=True, status_code=201, responses=MADE)
async def register_client(
    new: NewClient, caller: CurrentCaller, send: SendCommand, response: Response, key: Key = None
) -> ClientCredentials:
    """Let another system act in the organization, for what its scopes name."""
    secret, scopes = new_secret(), tuple(dict.fromkeys(new.scopes))
    command = RegisterClient(name=new.name, scopes=scopes, secret_hash=hashed(secret))
    answer = await send(command, caller, _keyed(key, send))
    response.headers.update(NO_STORE)
    client_id = f"{caller.tenant}.{json.loads(answer.body)['id']}"
    response.headers["Location"] = f"/v1/clients/{client_id}"
    return ClientCredentials(client_id=client_id, client_secret=secret, scopes=scopes)


@routes.post("/v1/clients/{client_id}/secrets", allow=(OPERATOR, ADMIN), fresh=True, status_code=201, responses=MADE)
async def add_client_secret(
    client_id: ClientId, caller: CurrentCaller, send: SendCommand, response: Response, key: Key = None
) -> NewSecret:
    """Give a client another secret: both count until one of them is ended, so that nobody has to hurry.

    `Location` is the client, which lists the ids of its secrets.
    """
    secret = new_secret()
    command = AddClientSecret(client_id=client_id, secret_hash=hashed(secret))
    answer = await send(command, caller, _keyed(key, send))
    response.headers.update(NO_STORE)
    response.headers["Location"] = f"/v1/clients/{client_id}"
    return NewSecret(secret_id=SecretAdded.model_validate_json(answer.body).id, client_secret=secret)


def _keyed(key: str | None, send: CommandSender) -> Mapping[bytes, bytes]:
    """The headers of a command that is done once, with what traces the request."""
    return send.tracing if key is None else {**send.tracing, b"idempotency-key": key.encode("latin-1")}
