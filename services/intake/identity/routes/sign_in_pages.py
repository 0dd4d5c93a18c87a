"""How people get in by e-mail: they ask for a mail, and show what it says in the browser that has asked."""

import re
from typing import Annotated, Self

from fastapi import Cookie, Depends, Header, Request, Response
from pydantic import BaseModel, Field, StringConstraints, model_validator

from services.intake.fields import Email, Slug
from services.intake.identity.attempts import ORGANIZATION_MAILS, SIGN_IN_MAILS, WRONG_CODES
from services.intake.identity.commands.sign_in import MakeSignInLink, RequestSignIn, SignIn, SignInOutcome
from services.intake.identity.credentials import hashed, new_secret, owner
from services.intake.identity.model.sign_in_requests import LIFETIME, Proof, SignInRefused, SignInRequest
from services.intake.identity.routes.door import MADE, NO_STORE, AtTheDoor, Door, intake_itself, made_id
from services.intake.identity.tokens import SignedIn
from services.intake.people.model import EmailAddress
from shared.contracts.access import GuessedAt
from shared.engine.authoring.grants import ANYONE, OPERATOR
from shared.engine.authoring.reader import Reader
from shared.errors import Refusal
from shared.sign_in_secrets import Requested
from shared.text import one_line
from shared.web.auth import CurrentCaller
from shared.web.document import refused_with
from shared.web.now import time_of
from shared.web.routes import WholePaths

routes = WholePaths()

PATH = "/v1/sign-in"
BROWSER = "ithaca-browser"
"""The cookie by which a browser is known again."""
RANDOM = r"^[A-Za-z0-9_-]{43}$"
LONGEST_PROGRAM = 200
"""Characters of what a browser says of itself."""

GOOD_FOR = int(LIFETIME.total_seconds())
FORBIDDEN = refused_with(403)

READY = "Post the link to this path, and you are signed in."
ELSEWHERE = (
    "This link works in the browser in which you asked for it: open it there, or type the code of the mail there. "
    "Or ask for another mail in this browser."
)

Browser = Annotated[str, StringConstraints(pattern=RANDOM)]
SentBrowser = Annotated[str, Cookie(alias=BROWSER, include_in_schema=False)]
UserAgent = Annotated[str, Header(alias="user-agent", include_in_schema=False)]
Handle = Annotated[str, StringConstraints(max_length=500)]


class SignInNotSetUp(Refusal):
    """This system has no key for links and codes."""

    status = 503

    def __init__(self) -> None:
        super().__init__("Nobody can sign in by e-mail yet: have ITHACA_SIGN_IN_KEY set for intake and notify.")


class NewSignInRequest(BaseModel, extra="forbid"):
    """Somebody wants to sign in."""

    organization: Slug = Field(description="Where they belong to, such as acme")
    email: Email = Field(description="Their own address: the mail goes there, and nowhere else")


class SignInRequestTaken(BaseModel):
    """The request, whether anybody has the address or not. If somebody has, they get a mail."""

    request: str = Field(description="To be shown with the code")
    browser: str = Field(description="Whoever has it is the browser that asked; browsers get it as a cookie, too")
    expires_in: int = Field(description="Seconds until the mail is good for nothing")


class Shown(BaseModel, extra="forbid", json_schema_extra={"examples": [{"request": "as answered", "code": "284193"}]}):
    """What somebody has read in the mail: the link, or the code."""

    link: Handle | None = Field(None, description="What follows `link=` in the mail")
    request: Handle | None = Field(None, description="As it was answered, with the code")
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")] | None = Field(None, description="Six digits")
    browser: Browser | None = Field(None, description="As it was answered, where there are no cookies")

    @model_validator(mode="after")
    def _shows_one(self) -> Self:
        if (self.link is None) == (self.code is None) or (self.code is None) != (self.request is None):
            raise ValueError("give link, or request and code")
        return self


class LinkState(BaseModel):
    """What a link is good for, here and now. Nothing is changed by looking at it."""

    organization: str
    is_ready: bool = Field(description="Whether this browser may sign in with it")
    detail: str = Field(description="What to do")


class NewSignInLink(BaseModel, extra="forbid"):
    """A person of a sandbox who is to sign in."""

    person_id: str


class SignInLinkMade(BaseModel):
    """What a person needs to sign in, once. It is shown this once, and not kept."""

    link: str
    expires_in: int = Field(description="Seconds until it expires")


async def open_door(door: AtTheDoor) -> Door:
    """Return the door, if there is a key for links and codes; raises `SignInNotSetUp`."""
    if not door.tokens.settings.sign_in_secrets.are_set_up:
        raise SignInNotSetUp
    return door


OpenDoor = Annotated[Door, Depends(open_door)]


@routes.post(f"{PATH}/requests", allow=(ANYONE,), status_code=202)
async def request_sign_in(
    new: NewSignInRequest, door: OpenDoor, response: Response, cookie: SentBrowser = ""
) -> SignInRequestTaken:
    """Ask for a mail with a link and a code. The answer is the same whether anybody has the address or not."""
    await door.attempts.count(SIGN_IN_MAILS, door.network)
    if await door.attempts.count(ORGANIZATION_MAILS, new.organization):
        await door.notice(new.organization, GuessedAt.MAILS)
    browser = known_or_new(cookie)
    command = RequestSignIn(address_id=EmailAddress.key(new.email), browser_hash=hashed(browser))
    answer = await door.send(command, intake_itself(new.organization))
    set_browser(response, browser, door, GOOD_FOR)
    response.headers.update(NO_STORE)
    return SignInRequestTaken(request=f"{new.organization}.{made_id(answer)}", browser=browser, expires_in=GOOD_FOR)


@routes.post("/v1/sign-in-links", allow=(OPERATOR,), status_code=201, responses=MADE)
async def make_sign_in_link(
    new: NewSignInLink, caller: CurrentCaller, door: OpenDoor, response: Response
) -> SignInLinkMade:
    """Make a link by which a person of a sandbox can sign in, once, in any browser."""
    answer = await door.send(MakeSignInLink(person_id=new.person_id), caller)
    link = door.tokens.settings.sign_in_secrets.link(Requested(caller.tenant, made_id(answer)))
    response.headers.update(NO_STORE)
    response.headers["Location"] = f"/v1/sign-in-links/{made_id(answer)}"
    return SignInLinkMade(link=link, expires_in=GOOD_FOR)


@routes.get(PATH, allow=(ANYONE,), responses=FORBIDDEN)
async def show_sign_in_link(link: Handle, request: Request, door: OpenDoor, cookie: SentBrowser = "") -> LinkState:
    """Show what a link is good for in this browser. Looking at it, as mail scanners do, signs nobody in."""
    asked, is_right = _read_link(link, door)
    reader = Reader(request.app.state.store, asked.tenant) if asked and is_right else None
    found = await reader.many(SignInRequest, [asked.id]) if asked and reader else []
    if not found or reader is None or not found[0].is_open(await time_of(request.app, reader)):
        raise await door.refused(SignInRefused())
    if found[0].is_of(hashed(cookie)):
        return LinkState(organization=reader.tenant, is_ready=True, detail=READY)
    return LinkState(organization=reader.tenant, is_ready=False, detail=ELSEWHERE)


@routes.post(PATH, allow=(ANYONE,), responses=FORBIDDEN)
async def sign_in(
    shown: Shown,
    door: OpenDoor,
    response: Response,
    cookie: SentBrowser = "",
    user_agent: UserAgent = "",
) -> SignedIn:
    """Sign in with a link or a code, which works once, in the browser that asked for it."""
    asked, is_right = _read_link(shown.link, door) if shown.link is not None else await _read_code(shown, door)
    if asked is None:
        raise await door.refused(SignInRefused())
    command = SignIn(
        request_id=asked.id,
        browser_hash=hashed(shown.browser or cookie),
        proof=Proof.CODE if shown.link is None else Proof.LINK,
        is_right=is_right,
        program=program_of(user_agent),
        lifetime=door.tokens.settings.session_lifetime,
    )
    answer = await door.send(command, intake_itself(asked.tenant))
    outcome = SignInOutcome.model_validate_json(answer.body)
    if outcome.session is None:
        if outcome.tried:
            door.note_attempt("sign_in", asked.tenant, f"person/{outcome.tried}")
        raise await door.refused(SignInRefused())
    response.headers.update(NO_STORE)
    return await door.admit(asked.tenant, outcome.person_id, outcome.session)


def known_or_new(cookie: str) -> str:
    """Return what a browser is known by: its cookie, or something new."""
    return cookie if re.fullmatch(RANDOM, cookie) else new_secret()


def program_of(user_agent: str) -> str:
    """Return what a browser says of itself, as sessions keep it."""
    return one_line(user_agent)[:LONGEST_PROGRAM]


def set_browser(response: Response, browser: str, door: Door, seconds: int) -> None:
    """Mark a browser, so that it is known when it comes again."""
    is_encrypted = door.tokens.settings.issuer.startswith("https:")
    response.set_cookie(
        BROWSER, browser, max_age=seconds, path=PATH, secure=is_encrypted, httponly=True, samesite="lax"
    )


def _read_link(link: str, door: Door) -> tuple[Requested | None, bool]:
    """Which request the link is of, and whether it is that one's."""
    handle, _, secret = link.rpartition(".")
    named = owner(handle)
    asked = Requested(*named) if named else None
    return asked, asked is not None and door.tokens.settings.sign_in_secrets.is_link(secret, asked)


async def _read_code(shown: Shown, door: Door) -> tuple[Requested | None, bool]:
    """Which request the code is shown for, and whether it is that one's; raises `TooManyAttempts`."""
    named = owner(shown.request or "")
    if named is None:
        return None, False
    door.attempts.check(WRONG_CODES, named.tenant)
    is_right = door.tokens.settings.sign_in_secrets.is_code(shown.code or "", Requested(*named))
    if not is_right and await door.attempts.note(WRONG_CODES, named.tenant):
        await door.notice(named.tenant, GuessedAt.CODES)
    return Requested(*named), is_right
