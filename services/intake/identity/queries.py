"""Reads of identity over HTTP: systems, links, and where people are signed in. None shows a secret."""

from datetime import datetime
from typing import Self

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.intake.identity.model.access import Access
from services.intake.identity.model.clients import Client
from services.intake.identity.model.sign_in_requests import SignInRequest
from shared.engine.authoring.handlers import OPERATORS
from shared.errors import NotFound
from shared.web.access import OwnPersonId, allowed
from shared.web.reading import TenantReader
from shared.web.versions import versioned

queries = APIRouter()


class ClientView(BaseModel):
    """A system that acts in the tenant."""

    client_id: str = Field(description="By which it gets tokens")
    name: str = Field(description="As people call it")


class SignInLinkView(BaseModel):
    """A link by which a person of a sandbox signs in, without what makes it work."""

    id: str
    person_id: str
    expires_at: datetime | None
    used_at: datetime | None = Field(description="When the person signed in with it; null if nobody has")

    @classmethod
    def of(cls, link: SignInRequest) -> Self:
        """Show it."""
        return cls(**link.model_dump(include={*cls.model_fields}))


class SignInView(BaseModel, from_attributes=True):
    """A person is signed in in one browser or program."""

    id: str
    program: str = Field(description="What the browser or program says that it is")
    signed_in_at: datetime
    used_at: datetime = Field(description="When it has got tokens last")


class SessionsView(BaseModel):
    """All places in which a person is signed in."""

    items: list[SignInView]


@queries.get("/clients/{client_id}", dependencies=allowed(OPERATORS))
async def get_client(client_id: str, reader: TenantReader, response: Response) -> ClientView:
    """Show one system that acts in the tenant."""
    tenant, _, id = client_id.rpartition(".")
    if tenant != reader.tenant:
        raise NotFound(f"There is no client {client_id} in {reader.tenant}.")
    client = versioned(response, await reader.get(Client, id))
    return ClientView(client_id=client_id, name=client.name)


@queries.get("/sign-in-links/{link_id}", dependencies=allowed(OPERATORS))
async def get_sign_in_link(link_id: str, reader: TenantReader, response: Response) -> SignInLinkView:
    """Show whom a link is for that the operator has had made, and whether it was used."""
    link = await reader.get(SignInRequest, link_id)
    if not link.is_made_by_others:
        raise NotFound(f"There is no link {link_id} in {reader.tenant}.")
    return SignInLinkView.of(versioned(response, link))


@queries.get("/people/{person_id}/sessions")
async def list_sessions(person_id: OwnPersonId, reader: TenantReader) -> SessionsView:
    """List where a person is signed in, the latest first; people see their own."""
    found = await reader.many(Access, [Access.id_of(person_id)])
    sessions = [one for access in found for one in access.sessions.values()]
    sessions.sort(key=lambda one: one.signed_in_at, reverse=True)
    return SessionsView(items=[SignInView.model_validate(one) for one in sessions])
