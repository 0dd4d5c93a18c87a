"""How operators get in on pages: by a link that their client has made, as they belong to no organization."""

from typing import Annotated

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel, Field

from services.intake.fields import Slug
from services.intake.identity import oauth
from services.intake.identity.commands.operator_sign_in import (
    EndOperatorSession,
    MakeOperatorLink,
    RefreshOperator,
    SignInOperator,
)
from services.intake.identity.commands.sessions import RefreshOutcome
from services.intake.identity.model.operator_links import GOOD_FOR, LIFETIME, OperatorLink, access_id
from services.intake.identity.model.sign_in_requests import SignInRefused
from services.intake.identity.routes.door import MADE, NO_STORE, AtTheDoor, Door, intake_itself, made_id
from services.intake.identity.routes.sign_in_pages import FORBIDDEN, Handle, OpenDoor, program_of
from services.intake.identity.tokens import AccessToken, RefreshToken, SignedIn
from services.intake.organizations.model import Organization
from shared.engine.authoring.grants import ANYONE, OPERATOR
from shared.errors import NotFound
from shared.web.auth import Caller, Verifier
from shared.web.now import time_of
from shared.web.routes import WholePaths
from shared.web.trail import drafts
from shared.web.trail.drafts import DEPLOYMENT

routes = WholePaths()

LINK = "operator link"
UserAgent = Annotated[str, Header(alias="user-agent", include_in_schema=False)]


class OperatorLinkMade(BaseModel):
    """What an operator needs to sign in on pages, once. It is shown this once, and not kept."""

    link: str
    expires_in: int = Field(description="Seconds until it expires")


class ShownOperatorLink(BaseModel, extra="forbid"):
    """The link, as it was made."""

    link: Handle


class OperatorLinkState(BaseModel):
    """What a link is good for. Nothing is changed by looking at it."""

    is_ready: bool


class NewOperatorToken(BaseModel, extra="forbid"):
    """In which organization an operator is to act."""

    organization_id: Slug


async def asking_operator(request: Request) -> Caller:
    """Return the operator who asks, in whatever organization: what they make is of none."""
    caller: Caller = request.scope["caller"]
    return Caller(DEPLOYMENT, caller.kind, caller.subject)


@routes.post("/v1/operator-links", allow=(OPERATOR,), status_code=201, responses=MADE)
async def make_operator_link(
    operator: Annotated[Caller, Depends(asking_operator)], door: OpenDoor, response: Response
) -> OperatorLinkMade:
    """Make a link by which an operator signs in on pages, once, in any browser."""
    id = made_id(await door.send(MakeOperatorLink(), operator))
    link = f"{id}.{door.tokens.settings.sign_in_secrets.secret(LINK, id)}"
    response.headers.update(NO_STORE)
    response.headers["Location"] = f"/v1/operator-links/{id}"
    return OperatorLinkMade(link=link, expires_in=int(GOOD_FOR.total_seconds()))


@routes.post("/v1/operator-links/state", allow=(ANYONE,), responses=FORBIDDEN)
async def show_operator_link(shown: ShownOperatorLink, request: Request, door: OpenDoor) -> OperatorLinkState:
    """Show whether a link signs an operator in. Looking at it signs nobody in."""
    id, reader = await _known(shown.link, door), door.reader_of(DEPLOYMENT)
    found = await reader.many(OperatorLink, [id])
    return OperatorLinkState(is_ready=bool(found) and found[0].is_open(await time_of(request.app, reader)))


@routes.post("/v1/operator-sessions", allow=(ANYONE,), responses=FORBIDDEN)
async def sign_in_operator(
    shown: ShownOperatorLink, door: OpenDoor, response: Response, user_agent: UserAgent = ""
) -> SignedIn:
    """Sign an operator in with a link, which works once. The tokens name no organization.

    The session lasts an hour unused, and twelve at most; with another secret of the deployment all of them end.
    """
    id, name, access = await _known(shown.link, door), *_operator(door)
    command = SignInOperator(link_id=id, access_id=access, program=program_of(user_agent), lifetime=LIFETIME)
    answer = await door.send(command, intake_itself(DEPLOYMENT))
    session = RefreshOutcome.model_validate_json(answer.body).session
    if session is None:
        raise await door.refused(SignInRefused())
    response.headers.update(NO_STORE)
    operator = Caller("", "operator", name)
    drafts.begin_sign_in("sign_in_operator", operator)
    return door.tokens.sign_in(operator, session)


@routes.post("/v1/operator-tokens", allow=(OPERATOR,))
async def make_operator_token(
    new: NewOperatorToken, request: Request, door: AtTheDoor, response: Response
) -> AccessToken:
    """Give an operator a token for an organization in which they act, which ends with the one that they show.

    That they act in it is on the organization's trail.
    """
    verifier: Verifier = request.app.state.verifier
    shown = await verifier.check(request.headers["authorization"].partition(" ")[2].encode())
    if not await door.reader_of(new.organization_id).many(Organization, [new.organization_id]):
        raise NotFound.of(Organization.collection, new.organization_id)
    drafts.name_tenant(new.organization_id)
    response.headers.update(NO_STORE)
    return door.tokens.acting(Caller(new.organization_id, "operator", shown.caller.subject), shown.claims.exp)


async def refresh(token: RefreshToken, door: Door) -> SignedIn:
    """Return the next tokens of an operator; raises `OAuthError`."""
    name, access = _operator(door)
    command = RefreshOperator(
        access_id=access, session_id=token.session_id, generation=token.generation, lifetime=LIFETIME
    )
    answer = await door.send(command, intake_itself(DEPLOYMENT))
    session = RefreshOutcome.model_validate_json(answer.body).session
    if session is None or token.person_id != name:
        raise oauth.not_granted()
    return door.tokens.sign_in(Caller("", "operator", name), session)


async def end(token: RefreshToken, door: Door) -> None:
    """Sign an operator out in one browser."""
    _, access = _operator(door)
    await door.send(EndOperatorSession(access_id=access, session_id=token.session_id), intake_itself(DEPLOYMENT))


def _operator(door: Door) -> tuple[str, str]:
    """Who operators are in this deployment, and the id of what they have access by."""
    settings = door.tokens.settings
    secret = settings.operator_client_secret.get_secret_value() if settings.operator_client_secret else ""
    return settings.operator_client_id, access_id(settings.operator_client_id, secret)


async def _known(link: str, door: Door) -> str:
    """The id in a link that is one of ours; raises `SignInRefused`."""
    id, _, secret = link.partition(".")
    if door.tokens.settings.operator_client_secret is None or not door.tokens.settings.sign_in_secrets.knows(
        secret, LINK, id
    ):
        raise await door.refused(SignInRefused())
    return id
