"""Keeps people signed in, and ends that."""

from typing import Annotated, ClassVar

from pydantic import BaseModel

from services.intake.fields import Id
from services.intake.identity.model.access import Access, Lifetime, Session
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import Subject
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, create
from shared.engine.authoring.revocations import Revocation, revoke
from shared.ids import moment_of

commands = Handlers()


class AboutAccess(Command):
    """What a person has access by is asked about."""

    person_id: str

    @property
    def access_id(self) -> str:
        """The id of the person's access."""
        return Access.id_of(self.person_id)


class AboutSession(AboutAccess):
    """One session of the person is asked about."""

    session_id: str

    @property
    def revocation_id(self) -> str:
        """The id of what is revoked if the session ends."""
        return Revocation.key(self.access_id, self.session_id)


class RefreshSession(AboutSession):
    """Exchange a refresh token of a session, whichever generation of it that is."""

    generation: int
    lifetime: Lifetime


class RefreshOutcome(BaseModel):
    """The session; None if the token is none that counts."""

    session: Session | None = None


class EndSession(AboutSession):
    """Sign out in one place."""

    while_suspended: ClassVar[bool] = True
    """Who is signed in can sign out, whatever becomes of the organization."""

    person_id: Id
    session_id: Id


class SignOutEverywhere(AboutAccess):
    """Sign out in all places."""

    person_id: Id

    @property
    def revocation_id(self) -> str:
        """The id of what is revoked."""
        return Revocation.key(self.access_id, "")


class Revocable(Bundle):
    """What a person has access by, and what the other services are told of it if some of it ends."""

    access: Annotated[Access, create("access_id")]
    revocation: Annotated[Revocation, create("revocation_id")]


@commands.post("")
def refresh_session(command: RefreshSession, revocable: Revocable, ctx: Context) -> RefreshOutcome:
    """Exchange a refresh token for its successor; one that was exchanged long before ends its session."""
    access, id = revocable.access, command.session_id
    session = access.refresh(id, command.generation, command.lifetime, ctx.now)
    if session is None and (reused := access.note_reuse(id, command.lifetime, ctx.now)):
        ctx.emit(*reused)
        revoke(revocable.revocation, access.end(id, moment_of(ctx.new_id())), ctx)
    return RefreshOutcome(session=session)


@commands.post("/people/{person_id}/sessions/{session_id}/end", allow=(Subject("person_id"),))
def end_session(command: EndSession, revocable: Revocable, ctx: Context) -> None:
    """Sign out in one place: within two seconds no token of that session counts any longer."""
    revoke(revocable.revocation, revocable.access.end(command.session_id, moment_of(ctx.new_id())), ctx)


@commands.post("/people/{person_id}/sign-out", allow=(Subject("person_id"),))
def sign_out_everywhere(_: SignOutEverywhere, revocable: Revocable, ctx: Context) -> None:
    """Sign out in all places: within two seconds no token that the person has counts any longer."""
    revoke(revocable.revocation, revocable.access.end_all(moment_of(ctx.new_id())), ctx)
