"""Has those who run an organization told of what is tried there far too often."""

from typing import Annotated

from services.intake.identity.model.clients import Client
from services.intake.identity.model.guessing import Guessing
from services.intake.memberships.model.administration import Administration, the_administration
from shared.contracts.access import GuessedAt
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, create, optional

commands = Handlers()


class NoticeGuessing(Command):
    """Notice that something was tried as often as it may be within an hour. A client is named by its key."""

    guessed_at: GuessedAt
    client_key: str = ""

    @property
    def guessing_id(self) -> str:
        """The id of what is noticed."""
        return "/".join(part for part in (self.guessed_at, self.client_key) if part)


class Watched(Bundle):
    """What is tried, who runs the organization, and the client at which it is tried."""

    guessing: Annotated[Guessing, create("guessing_id")]
    administration: Annotated[Administration, create(the_administration)]
    client: Annotated[Client | None, optional("client_key")]


@commands.post("")
def notice_guessing(command: NoticeGuessing, watched: Watched, ctx: Context) -> None:
    """Have the admins told; of a client that there is not, nobody is."""
    if command.client_key and watched.client is None:
        return
    client_id = f"{ctx.tenant}.{command.client_key}" if command.client_key else ""
    admins = watched.administration.admins
    ctx.emit(*watched.guessing.notice(command.guessed_at, client_id, admins, ctx.now))
