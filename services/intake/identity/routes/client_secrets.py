"""How other systems are let act in a tenant."""

import json

from fastapi import Response
from pydantic import BaseModel, Field

from services.intake.fields import Name, ScopeName
from services.intake.identity.commands.registration import AddClientSecret, ClientId, RegisterClient, SecretAdded
from services.intake.identity.credentials import hashed, new_secret
from services.intake.identity.routes.door import MADE, NO_STORE
from shared.engine.authoring.grants import ADMIN, OPERATOR
from shared.engine.authoring.scopes import SCOPES
from shared.web.auth import CurrentCaller
from shared.web.commands import SendCommand
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


@routes.post("/v1/clients", allow=(OPERATOR, ADMIN), fresh=True, status_code=201, responses=MADE)
async def register_client(
    new: NewClient, caller: CurrentCaller, send: SendCommand, response: Response
) -> ClientCredentials:
    """Let another system act in the organization, for what its scopes name."""
    secret, scopes = new_secret(), tuple(dict.fromkeys(new.scopes))
    answer = await send(RegisterClient(name=new.name, scopes=scopes, secret_hash=hashed(secret)), caller)
    response.headers.update(NO_STORE)
    client_id = f"{caller.tenant}.{json.loads(answer.body)['id']}"
    response.headers["Location"] = f"/v1/clients/{client_id}"
    return ClientCredentials(client_id=client_id, client_secret=secret, scopes=scopes)


@routes.post("/v1/clients/{client_id}/secrets", allow=(OPERATOR, ADMIN), fresh=True, status_code=201, responses=MADE)
async def add_client_secret(
    client_id: ClientId, caller: CurrentCaller, send: SendCommand, response: Response
) -> NewSecret:
    """Give a client another secret: both count until one of them is ended, so that nobody has to hurry.

    `Location` is the client, which lists the ids of its secrets.
    """
    secret = new_secret()
    answer = await send(AddClientSecret(client_id=client_id, secret_hash=hashed(secret)), caller)
    response.headers.update(NO_STORE)
    response.headers["Location"] = f"/v1/clients/{client_id}"
    return NewSecret(secret_id=SecretAdded.model_validate_json(answer.body).id, client_secret=secret)
