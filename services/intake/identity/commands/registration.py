"""Registers other systems, and looks after their credentials. Secrets stay in the routes."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from services.intake.fields import Id, Name
from services.intake.identity.assertions import check_key
from services.intake.identity.commands.sessions import Revocable
from services.intake.identity.model.clients import Client, ClientSecret
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import ADMIN, OPERATOR
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, require
from shared.engine.authoring.revocations import Revocation, revoke
from shared.errors import NotFound
from shared.ids import moment_of

commands = Handlers()

MOST_KEYS = 4

ClientId = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9-]{3,40}\.[A-Za-z0-9-]{1,64}$"), Field(examples=["acme.0190a3f2"])
]
"""As it was registered, such as `acme.0190...`."""
Jwk = Annotated[dict[str, Any], AfterValidator(check_key)]  # as the standard has it: what else is in it is left out


class RegisterClient(Command):
    """Let another system act in the tenant."""

    name: Name = Field(description="As people call it")
    scopes: tuple[str, ...]
    secret_hash: str


class OfClient(Command):
    """Something about one client."""

    client_id: ClientId = Field(description="By which it gets tokens")

    @property
    def key(self) -> str:
        """Its id within the organization."""
        return self.client_id.rpartition(".")[2]

    def check_tenant(self, tenant: str) -> None:
        """Raise `NotFound` if the client is another organization's."""
        if self.client_id != f"{tenant}.{self.key}":
            raise NotFound.of(Client.collection, self.key)


class RenameClient(OfClient):
    """Call a client otherwise."""

    name: Name = Field(description="As people call it")


class TrustClientKeys(OfClient):
    """Let a client show who it is by what it signs with these keys, instead of those before (`private_key_jwt`)."""

    keys: tuple[Jwk, ...] = Field(
        max_length=MOST_KEYS, description="Public keys as JWKs, of the curve P-256, that sign with ES256"
    )


class AddClientSecret(OfClient):
    """Give a client another secret beside the one that it has."""

    secret_hash: str


class EndClientSecret(OfClient):
    """Let a secret of a client count no longer."""

    secret_id: Id


class DisableClient(OfClient):
    """Let a client in no more, for good."""

    @property
    def access_id(self) -> str:
        """The id of what it has access by."""
        return f"client/{self.key}"

    @property
    def revocation_id(self) -> str:
        """The id of what is revoked."""
        return Revocation.key(self.access_id, "")


class NoteClientUse(Command):
    """Note that a client was let in on a day, and what it has shown, if that must not be shown again."""

    key: str
    on: date
    assertion: str = ""
    until: datetime | None = None


class SecretAdded(BaseModel):
    """Which secret it is."""

    id: str


class UseNoted(BaseModel):
    """Whether what was shown is new."""

    is_new: bool


NamedClient = Annotated[Client, require("key")]


@commands.post("", status=201)
def register_client(command: RegisterClient, client: Annotated[Client, create()]) -> None:
    """Let another system act in the tenant."""
    client.register(command.name, command.secret_hash, command.scopes)


@commands.post("/clients/{client_id}/rename", allow=(OPERATOR, ADMIN))
def rename_client(command: RenameClient, client: NamedClient, ctx: Context) -> None:
    """Call a client otherwise."""
    command.check_tenant(ctx.tenant)
    client.rename(command.name)


@commands.post("/clients/{client_id}/keys", allow=(OPERATOR, ADMIN), fresh=True)
def trust_client_keys(command: TrustClientKeys, client: NamedClient, ctx: Context) -> None:
    """Let a client show who it is with keys of its own."""
    command.check_tenant(ctx.tenant)
    client.trust(list(command.keys))


@commands.post("", status=201)
def add_client_secret(command: AddClientSecret, client: NamedClient, ctx: Context) -> SecretAdded:
    """Give a client another secret: both count until one of them is ended."""
    command.check_tenant(ctx.tenant)
    secret = ClientSecret(id=ctx.new_id(), hash=command.secret_hash, made_at=ctx.now)
    client.add_secret(secret)
    return SecretAdded(id=secret.id)


@commands.post("/clients/{client_id}/secrets/{secret_id}/end", allow=(OPERATOR, ADMIN), fresh=True)
def end_client_secret(command: EndClientSecret, client: NamedClient, ctx: Context) -> None:
    """Let a secret count no longer."""
    command.check_tenant(ctx.tenant)
    client.end_secret(command.secret_id)


@commands.post("/clients/{client_id}/disable", allow=(OPERATOR, ADMIN), fresh=True)
def disable_client(command: DisableClient, client: NamedClient, revocable: Revocable, ctx: Context) -> None:
    """Let a client in no more, for good: within two seconds no token of it counts any longer."""
    command.check_tenant(ctx.tenant)
    if client.disable(ctx.now):
        revoke(revocable.revocation, revocable.access.end_all(moment_of(ctx.new_id())), ctx)


@commands.post("")
def note_client_use(command: NoteClientUse, client: NamedClient, ctx: Context) -> UseNoted:
    """Note that a client was let in; what it has shown must be new."""
    client.use(command.on)
    if command.until is None:
        return UseNoted(is_new=True)
    return UseNoted(is_new=client.show(command.assertion, command.until, moment_of(ctx.new_id())))
