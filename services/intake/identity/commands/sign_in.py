"""Signs people in by e-mail: takes what they ask for, and lets in whoever shows what the mail says."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel

from services.intake.identity.model.access import BY_MAIL, Access, Lifetime, Session
from services.intake.identity.model.sign_in_requests import AnswerSignInRequest, Proof, SignInRequest
from services.intake.people.model import Person
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, create, require
from shared.errors import NotAllowed
from shared.ids import is_sandbox

commands = Handlers()

AT_ONCE = timedelta()


class RequestSignIn(Command):
    """Ask for a mail to sign in with, at an address that may be somebody's."""

    address_id: str
    browser_hash: str


class MakeSignInLink(Command):
    """Make a link by which a person of a sandbox can sign in, once."""

    person_id: str


class BeginSession(Command):
    """Somebody gets in with a browser or another `program`, and stays signed in for so long."""

    program: str
    lifetime: Lifetime


class SignIn(BeginSession):
    """Sign in with what the mail says. `is_right` is whether it is what was shown."""

    request_id: str
    browser_hash: str
    proof: Proof
    is_right: bool


class SignInOutcome(BaseModel):
    """Who has signed in, and how; nobody without a session. `tried` is as whom somebody wanted to, if that is known."""

    person_id: str = ""
    tried: str = ""
    session: Session | None = None


def access_of_asker(_: SignIn, request: SignInRequest) -> str | None:
    """Return the id of the access of who has asked, if anybody has."""
    return Access.id_of(request.person_id) if request.person_id else None


class Asker(Bundle):
    """A request to sign in, and what the person who has asked has access by."""

    request: Annotated[SignInRequest, create("request_id")]
    access: Annotated[Access | None, create(access_of_asker)]


@commands.post("", status=202)
def request_sign_in(command: RequestSignIn, request: Annotated[SignInRequest, create()], ctx: Context) -> None:
    """Take a request. Whose address it is is looked up behind the answer, which so takes as long for any address."""
    request.make(command.address_id, command.browser_hash, ctx.now)
    ctx.after(AT_ONCE, AnswerSignInRequest(request_id=request.id), id=f"answer-sign-in/{request.id}")


@commands.post("", status=201)
def make_sign_in_link(
    command: MakeSignInLink,
    request: Annotated[SignInRequest, create()],
    person: Annotated[Person, require("person_id")],
    ctx: Context,
) -> None:
    """Make a link by which a person of a sandbox can sign in, once."""
    if not is_sandbox(ctx.tenant):
        raise NotAllowed(
            "People of this organization sign in by themselves, with a mail from /v1/sign-in/requests: links for "
            "others are made only in organizations for trying things out, whose id begins with sandbox-."
        )
    person.check_stays()
    request.make_for(person.id, ctx.now)


@commands.post("")
def sign_in(command: SignIn, asker: Asker, ctx: Context) -> SignInOutcome:
    """Sign in with a link or a code, which works once."""
    request, access = asker.request, asker.access
    if not command.is_right:
        if command.proof is Proof.CODE:
            ctx.emit(*request.note_wrong_code(command.browser_hash, ctx.now))
        return SignInOutcome(tried=request.person_id)
    if access is None or not request.use(command.browser_hash, ctx.now):
        return SignInOutcome(tried=request.person_id)
    session = begin_session(access, command, BY_MAIL, ctx)
    return SignInOutcome(person_id=request.person_id, session=session)


def begin_session(
    access: Access, command: BeginSession, by: tuple[str, ...], ctx: Context, authenticated_at: datetime | None = None
) -> Session:
    """Return the session of whoever has shown by these methods who they are; raises as `Access.sign_in`."""
    session = Session(
        id=ctx.new_id(),
        program=command.program,
        signed_in_at=ctx.now,
        signed_in_by=by,
        used_at=ctx.now,
        authenticated_at=authenticated_at,
    )
    access.sign_in(session, command.lifetime)
    return session
