"""Commands about identity. They have no path of their own: the routes send them, so that secrets stay in the routes."""

from typing import Annotated

from pydantic import BaseModel, Field

from services.intake.fields import Name
from services.intake.identity.model.clients import Client
from services.intake.identity.model.links import SignInLink
from services.intake.people.model import Person
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import CLIENTS, OPERATORS, Grant, Handlers
from shared.engine.authoring.loads import create, require

commands = Handlers()

SERVICES: Grant = "service"
"""The kind of caller that only this service's own routes can be."""


class RegisterClient(Command):
    """Let another system act in the tenant."""

    name: Name = Field(description="As people call it")
    secret_hash: str


class MakeSignInLink(Command):
    """Make a link by which a person can sign in, once."""

    person_id: str
    secret_hash: str


class SignIn(Command):
    """Sign in with a link."""

    link_id: str
    secret_hash: str


class SignedIn(BaseModel):
    """Who has signed in."""

    person_id: str


@commands.post("", status=201, allow=(OPERATORS,))
def register_client(command: RegisterClient, client: Annotated[Client, create()]) -> None:
    """Let another system act in the tenant."""
    client.register(command.name, command.secret_hash)


@commands.post("", status=201, allow=(CLIENTS, OPERATORS))
def make_sign_in_link(
    command: MakeSignInLink,
    link: Annotated[SignInLink, create()],
    person: Annotated[Person, require("person_id")],
    ctx: Context,
) -> None:
    """Make a link by which a person can sign in, once."""
    link.make(person.id, command.secret_hash, ctx.now)


@commands.post("", allow=(SERVICES,))
def sign_in(command: SignIn, link: Annotated[SignInLink, create("link_id")], ctx: Context) -> SignedIn:
    """Sign in with a link, which works once."""
    link.use(command.secret_hash, ctx.now)
    return SignedIn(person_id=link.person_id)
