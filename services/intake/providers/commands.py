"""What may be asked about an organization's provider. The routes send what has a secret in it, which they seal."""

from typing import Annotated

from services.intake.identity.model.clients import Client
from services.intake.programs.model import Program
from services.intake.providers.model.provider import Credential, IdentityProvider, ProviderSettings, the_provider
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import ADMIN
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, create, optional
from shared.errors import NotFound

commands = Handlers()


class SetIdentityProvider(Command):
    """Have people of the organization sign in by a provider."""

    settings: ProviderSettings
    credential: Credential | None = None

    @property
    def client_keys(self) -> list[str]:
        """The ids of the clients that are front ends."""
        return list(dict.fromkeys(one.client_id.rpartition(".")[2] for one in self.settings.front_ends))

    @property
    def program_ids(self) -> list[str]:
        """The programs in which rules give roles."""
        return list(dict.fromkeys(rule.program_id for rule in self.settings.rules if rule.program_id))


class RemoveIdentityProvider(Command):
    """Have nobody sign in by the organization's provider any more."""


class Named(Bundle):
    """The organization's provider, and what its settings name."""

    provider: Annotated[IdentityProvider, create(the_provider)]
    programs: Annotated[list[Program], optional("program_ids")]
    clients: Annotated[list[Client], optional("client_keys")]

    def check(self, command: SetIdentityProvider, tenant: str) -> None:
        """Raise `NotFound` for a program or a client that the organization does not have."""
        programs = {program.id for program in self.programs if not program.is_new}
        clients = {f"{tenant}.{client.id}" for client in self.clients if not client.is_new}
        for program_id in command.program_ids:
            if program_id not in programs:
                raise NotFound.of(Program.collection, program_id)
        for front_end in command.settings.front_ends:
            if front_end.client_id not in clients:
                raise NotFound.of(Client.collection, front_end.client_id)


@commands.post("")
def set_identity_provider(command: SetIdentityProvider, named: Named, ctx: Context) -> None:
    """Have people sign in by a provider; rules name programs of the organization, front ends its clients."""
    named.check(command, ctx.tenant)
    ctx.emit(*named.provider.set(command.settings, command.credential))


@commands.post("/identity-provider/remove", allow=(ADMIN,), fresh=True)
def remove_identity_provider(
    _: RemoveIdentityProvider, provider: Annotated[IdentityProvider, create(the_provider)], ctx: Context
) -> None:
    """Have nobody sign in by it any more. People, their sessions and the roles that it gave stay."""
    ctx.emit(*provider.remove())
