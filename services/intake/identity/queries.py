"""Reads of identity over HTTP: a system that acts in the tenant, and what became of a link. Neither shows a secret."""

from datetime import datetime
from typing import Self

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.intake.identity.model.clients import Client
from services.intake.identity.model.links import SignInLink
from shared.engine.authoring.handlers import CLIENTS, OPERATORS
from shared.errors import NotFound
from shared.web.access import allowed
from shared.web.reading import TenantReader
from shared.web.versions import versioned

queries = APIRouter()


class ClientView(BaseModel):
    """A system that acts in the tenant."""

    client_id: str = Field(description="By which it gets tokens")
    name: str = Field(description="As people call it")


class SignInLinkView(BaseModel):
    """A link by which a person signs in, without what makes it work."""

    id: str
    person_id: str
    expires_at: datetime | None
    used_at: datetime | None = Field(description="When the person signed in with it; null if nobody has")

    @classmethod
    def of(cls, link: SignInLink) -> Self:
        """Show it."""
        return cls(**link.model_dump(include={*cls.model_fields}))


@queries.get("/clients/{client_id}", dependencies=allowed(OPERATORS))
async def get_client(client_id: str, reader: TenantReader, response: Response) -> ClientView:
    """Show one system that acts in the tenant."""
    tenant, _, id = client_id.rpartition(".")
    if tenant != reader.tenant:
        raise NotFound(f"There is no client {client_id} in {reader.tenant}.")
    client = versioned(response, await reader.get(Client, id))
    return ClientView(client_id=client_id, name=client.name)


@queries.get("/sign-in-links/{link_id}", dependencies=allowed(CLIENTS, OPERATORS))
async def get_sign_in_link(link_id: str, reader: TenantReader, response: Response) -> SignInLinkView:
    """Show whom a link is for, and whether it was used."""
    return SignInLinkView.of(versioned(response, await reader.get(SignInLink, link_id)))
