"""Reads of identity over HTTP: systems, links, and where people are signed in. None shows a secret."""

from datetime import date, datetime
from functools import partial
from typing import Self

from fastapi import Response
from pydantic import BaseModel, Field

from services.intake.identity.model.access import Access
from services.intake.identity.model.clients import Client
from services.intake.identity.model.passkeys import Passkeys
from services.intake.identity.model.sign_in_requests import SignInRequest
from shared.engine.authoring.grants import ADMIN, OPERATOR, Subject
from shared.errors import NotFound
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import NOBODY, SELECTED, of_people
from shared.web.versions import versioned

queries = Routes()


class SecretView(BaseModel, from_attributes=True):
    """A secret of a client, without what it is."""

    id: str
    made_at: datetime | None = Field(description="Null for the one that the client was registered with")


class ClientView(BaseModel):
    """A system that acts in the tenant."""

    client_id: str = Field(description="By which it gets tokens")
    name: str = Field(description="As people call it")
    scopes: list[str] = Field(description="What it can get tokens for")
    secrets: list[SecretView] = Field(description="At most two: while one takes the place of the other")
    keys: list[str] = Field(description="The ids of the keys with which it may sign instead")
    used_on: date | None = Field(description="The day on which it got tokens last; null if it never has")
    disabled_at: datetime | None = Field(description="Since when it is let in no more")

    @classmethod
    def of(cls, client: Client, tenant: str) -> Self:
        """Show it."""
        return cls(
            client_id=f"{tenant}.{client.id}",
            name=client.name,
            scopes=sorted(client.granted),
            secrets=[SecretView.model_validate(secret) for secret in client.secrets],
            keys=[key["kid"] for key in client.keys],
            used_on=client.used_on,
            disabled_at=client.disabled_at,
        )


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
    is_suspended: bool = Field(description="Whether an admin has suspended the person, who is signed in nowhere then")


class PasskeyView(BaseModel, from_attributes=True):
    """A passkey of a person."""

    id: str
    name: str = Field(description="As the person calls it")
    added_at: datetime
    used_at: datetime | None = Field(description="When the person has signed in with it last; null if they never have")
    is_synced: bool = Field(description="Whether it may be on several devices")
    is_backed_up: bool = Field(description="Whether it is on others too, so that a lost device loses nothing")


class PasskeysView(BaseModel):
    """All passkeys of a person."""

    items: list[PasskeyView]


@queries.get("/clients/{client_id}", allow=(OPERATOR, ADMIN), shows=NOBODY)
async def get_client(client_id: str, reader: TenantReader, response: Response) -> ClientView:
    """Show one system that acts in the tenant."""
    tenant, _, id = client_id.rpartition(".")
    if tenant != reader.tenant:
        raise NotFound.of(Client.collection, client_id)
    client = versioned(response, await reader.get(Client, id))
    return ClientView.of(client, tenant)


@queries.get("/clients", allow=(OPERATOR, ADMIN), shows=NOBODY)
async def list_clients(reader: TenantReader, after: After = None, limit: Limit = 100) -> Listing[ClientView]:
    """List the systems that act in the tenant, those that were disabled too."""
    page = await reader.page(Client, {}, after, limit)
    return listing(page, partial(ClientView.of, tenant=reader.tenant))


@queries.get("/sign-in-links/{link_id}", allow=(OPERATOR,), shows=of_people("person_id"))
async def get_sign_in_link(link_id: str, reader: TenantReader, response: Response) -> SignInLinkView:
    """Show whom a link is for that the operator has had made, and whether it was used."""
    link = await reader.get(SignInRequest, link_id)
    if not link.is_made_by_others:
        raise NotFound.of(SignInRequest.collection, link_id)
    return SignInLinkView.of(versioned(response, link))


@queries.get("/people/{person_id}/sessions", allow=(Subject("person_id"), ADMIN), shows=SELECTED)
async def list_sessions(person_id: str, reader: TenantReader) -> SessionsView:
    """List where a person is signed in, the latest first; people see their own, admins everybody's."""
    found = await reader.many(Access, [Access.id_of(person_id)])
    sessions = [one for access in found for one in access.sessions.values()]
    sessions.sort(key=lambda one: one.signed_in_at, reverse=True)
    is_suspended = any(access.is_suspended for access in found)
    return SessionsView(items=[SignInView.model_validate(one) for one in sessions], is_suspended=is_suspended)


@queries.get("/people/{person_id}/passkeys", allow=(Subject("person_id"), ADMIN), shows=SELECTED)
async def list_passkeys(person_id: str, reader: TenantReader) -> PasskeysView:
    """List the passkeys of a person; people see their own, admins everybody's."""
    found = await reader.many(Passkeys, [Passkeys.id_of(person_id)])
    return PasskeysView(items=[PasskeyView.model_validate(one) for passkeys in found for one in passkeys.all])
