"""Registers other systems: their secrets stay in the routes."""

from typing import Annotated

from pydantic import Field

from services.intake.fields import Name
from services.intake.identity.model.clients import Client
from shared.engine.authoring.command import Command
from shared.engine.authoring.handlers import OPERATORS, Handlers
from shared.engine.authoring.loads import create

commands = Handlers()


class RegisterClient(Command):
    """Let another system act in the tenant."""

    name: Name = Field(description="As people call it")
    secret_hash: str


@commands.post("", status=201, allow=(OPERATORS,))
def register_client(command: RegisterClient, client: Annotated[Client, create()]) -> None:
    """Let another system act in the tenant."""
    client.register(command.name, command.secret_hash)
