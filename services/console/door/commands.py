"""Opens sessions, keeps their tokens, closes them, and holds forms back. Only the console's own pages ask for it."""

from datetime import datetime
from typing import Annotated

from services.console.door.model import HeldForm, Session
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, require
from shared.ids import PersonId
from shared.sealing import SealedSecret

commands = Handlers()


class OpenSession(Command):
    """Somebody has signed in."""

    session_id: str
    person_id: PersonId
    sealed: SealedSecret
    expires_at: datetime


class KeepTokens(Command):
    """The tokens of a session were renewed."""

    session_id: str
    sealed: SealedSecret
    expires_at: datetime


class CloseSession(Command):
    """Somebody signs out, or their tokens count no longer."""

    session_id: str


class HoldForm(Command):
    """Somebody has sent what takes a fresh sign-in."""

    form_id: str
    person_id: PersonId
    sealed: SealedSecret


@commands.post("")
def open_session(command: OpenSession, session: Annotated[Session, create("session_id")], ctx: Context) -> None:
    """Open a session."""
    session.person_id, session.opened_at = command.person_id, ctx.now
    session.keep(command.sealed, command.expires_at)


@commands.post("")
def keep_tokens(command: KeepTokens, session: Annotated[Session, require("session_id")]) -> None:
    """Keep the latest tokens of a session that is still open."""
    if session.sealed:
        session.keep(command.sealed, command.expires_at)


@commands.post("")
def close_session(_: CloseSession, session: Annotated[Session, require("session_id")]) -> None:
    """Close a session."""
    session.close()


@commands.post("")
def hold_form(command: HoldForm, form: Annotated[HeldForm, create("form_id")]) -> None:
    """Keep a form for a while."""
    form.person_id, form.sealed = command.person_id, command.sealed
