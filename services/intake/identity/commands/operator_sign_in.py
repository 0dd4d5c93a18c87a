"""Signs operators in, keeps them signed in, and ends that. They are of no organization: no event tells of it."""

from typing import Annotated

from services.intake.identity.commands.sessions import RefreshOutcome
from services.intake.identity.commands.sign_in import BeginSession, begin_session
from services.intake.identity.model.access import Access, Lifetime
from services.intake.identity.model.operator_links import OperatorLink
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create

commands = Handlers()

BY_LINK = ("otp",)


class MakeOperatorLink(Command):
    """Make a link by which an operator signs in on pages."""


class SignInOperator(BeginSession):
    """Sign in with a link that is right."""

    link_id: str
    access_id: str


class RefreshOperator(Command):
    """Exchange a refresh token of an operator."""

    access_id: str
    session_id: str
    generation: int
    lifetime: Lifetime


class EndOperatorSession(Command):
    """Sign an operator out in one browser."""

    access_id: str
    session_id: str


@commands.post("", status=201)
def make_operator_link(_: MakeOperatorLink, link: Annotated[OperatorLink, create()], ctx: Context) -> None:
    """Make a link by which an operator signs in on pages."""
    link.make(ctx.now)


@commands.post("")
def sign_in_operator(
    command: SignInOperator,
    link: Annotated[OperatorLink, create("link_id")],
    access: Annotated[Access, create("access_id")],
    ctx: Context,
) -> RefreshOutcome:
    """Sign an operator in with a link, which works once."""
    return RefreshOutcome(session=begin_session(access, command, BY_LINK, ctx) if link.use(ctx.now) else None)


@commands.post("")
def refresh_operator(
    command: RefreshOperator, access: Annotated[Access, create("access_id")], ctx: Context
) -> RefreshOutcome:
    """Exchange a refresh token for its successor; one that was exchanged long before ends its session."""
    session = access.refresh(command.session_id, command.generation, command.lifetime, ctx.now)
    if session is None:
        access.sessions.pop(command.session_id, None)
    return RefreshOutcome(session=session)


@commands.post("")
def end_operator_session(
    command: EndOperatorSession, access: Annotated[Access, create("access_id")], _: Context
) -> None:
    """Sign an operator out in one browser: the next token is not given."""
    access.sessions.pop(command.session_id, None)
