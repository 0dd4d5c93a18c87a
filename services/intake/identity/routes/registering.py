"""How other systems are let act in a tenant."""

import json

from fastapi import Response
from pydantic import BaseModel, Field

from services.intake.fields import Name
from services.intake.identity.commands.registration import RegisterClient
from services.intake.identity.credentials import hashed, new_secret
from services.intake.identity.routes.issuing import MADE, NO_STORE
from shared.web.auth import CurrentCaller
from shared.web.commands import SendCommand
from shared.web.whole_paths import WholePaths

routes = WholePaths()


class NewClient(BaseModel, extra="forbid"):
    """A system that is to act in the tenant."""

    name: Name = Field(description="As people call it")


class ClientCredentials(BaseModel):
    """What a client needs to get tokens. The secret is shown this once, and not kept."""

    client_id: str
    client_secret: str


@routes.post("/v1/clients", status_code=201, responses=MADE)
async def register_client(
    new: NewClient, caller: CurrentCaller, send: SendCommand, response: Response
) -> ClientCredentials:
    """Let another system act in the tenant."""
    secret = new_secret()
    answer = await send(RegisterClient(name=new.name, secret_hash=hashed(secret)), caller)
    response.headers.update(NO_STORE)
    client_id = f"{caller.tenant}.{json.loads(answer.body)['id']}"
    response.headers["Location"] = f"/v1/clients/{client_id}"
    return ClientCredentials(client_id=client_id, client_secret=secret)
