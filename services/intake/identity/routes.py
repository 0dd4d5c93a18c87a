"""Where tokens come from: OAuth for machines, one-time links for people, and the keys to check them with."""

import json
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from pydantic import BaseModel, Field

from services.intake.fields import Name
from services.intake.identity import oauth
from services.intake.identity.commands import MakeSignInLink, RegisterClient, SignedIn, SignIn
from services.intake.identity.credentials import hashed, new_secret, owner
from services.intake.identity.keys import SigningKeys
from services.intake.identity.model.links import LIFETIME, LinkNotValid
from services.intake.identity.tokens import AccessToken, Tokens
from services.intake.settings import IntakeSettings
from shared.engine.authoring.answer import Answer
from shared.engine.authoring.reader import Reader
from shared.web.auth import Caller, CurrentCaller
from shared.web.commands import SendCommand
from shared.web.document import LOCATION
from shared.web.issuer_keys import JWKS_PATH
from shared.web.now import clock_of
from shared.web.whole_paths import WholePaths

routes = WholePaths()

PUBLISHED = {"Cache-Control": "public, max-age=60"}
FORBIDDEN: dict[int | str, dict[str, Any]] = {403: {"$ref": "#/components/responses/Problem403"}}  # part of a document
MADE: dict[int | str, dict[str, Any]] = {201: {"headers": LOCATION}}  # part of a document
TOKEN_FORM = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"const": "client_credentials"},
        "client_id": {"type": "string", "description": "Here, or by HTTP Basic"},
        "client_secret": {"type": "string", "format": "password"},
        "tenant": {"type": "string", "description": "For operators: the tenant to act in"},
    },
}


@cache
def signing_keys(file: Path) -> SigningKeys:
    """Read the keys in a file, once per process."""
    return SigningKeys(file)


async def tokens(request: Request) -> Tokens:
    """Make what issues this service's tokens."""
    settings: IntakeSettings = request.app.state.settings
    return Tokens(settings, signing_keys(settings.signing_key_file), clock_of(request.app))


Issuing = Annotated[Tokens, Depends(tokens)]


class NewClient(BaseModel, extra="forbid"):
    """A system that is to act in the tenant."""

    name: Name = Field(description="As people call it")


class ClientCredentials(BaseModel):
    """What a client needs to get tokens. The secret is shown this once, and not kept."""

    client_id: str
    client_secret: str


class NewSignInLink(BaseModel, extra="forbid"):
    """A person who is to sign in."""

    person_id: str


class SignInLinkMade(BaseModel):
    """What a person needs to sign in, once. It is shown this once, and not kept."""

    link: str
    expires_in: int = Field(description="Seconds until it expires")


class LinkShown(BaseModel, extra="forbid"):
    """The link that a person has been given."""

    link: str = Field(max_length=500)


@routes.post(
    "/oauth/token",
    response_model=AccessToken,
    responses={400: {"model": oauth.OAuthProblem}, 401: {"model": oauth.OAuthProblem}},
    openapi_extra={"requestBody": {"required": True, "content": {oauth.FORM: {"schema": TOKEN_FORM}}}},
)
async def issue_token(request: Request, issuing: Issuing) -> Response:
    """Issue a token to a client or an operator (OAuth 2.0, client credentials)."""
    try:
        asked = oauth.read(await request.body(), request.headers)
        caller = await oauth.authenticate(asked, issuing.settings, partial(Reader, request.app.state.store))
    except oauth.OAuthError as error:
        return error.response()
    issued = issuing.issue(caller, asked.client_id)
    return Response(issued.model_dump_json(), headers=oauth.NO_STORE, media_type="application/json")


@routes.post("/v1/clients", status_code=201, responses=MADE)
async def register_client(
    new: NewClient, caller: CurrentCaller, send: SendCommand, response: Response
) -> ClientCredentials:
    """Let another system act in the tenant."""
    secret = new_secret()
    answer = await send(RegisterClient(name=new.name, secret_hash=hashed(secret)), caller)
    client_id = f"{caller.tenant}.{_id(answer)}"
    response.headers.update(oauth.NO_STORE)
    response.headers["Location"] = f"/v1/clients/{client_id}"
    return ClientCredentials(client_id=client_id, client_secret=secret)


@routes.post("/v1/sign-in-links", status_code=201, responses=MADE)
async def make_sign_in_link(
    new: NewSignInLink, caller: CurrentCaller, send: SendCommand, response: Response
) -> SignInLinkMade:
    """Make a link by which a person can sign in, once."""
    secret = new_secret()
    answer = await send(MakeSignInLink(person_id=new.person_id, secret_hash=hashed(secret)), caller)
    response.headers.update(oauth.NO_STORE)
    response.headers["Location"] = f"/v1/sign-in-links/{_id(answer)}"
    lifetime = int(LIFETIME.total_seconds())
    return SignInLinkMade(link=f"{caller.tenant}.{_id(answer)}.{secret}", expires_in=lifetime)


@routes.post("/v1/sign-in", responses=FORBIDDEN)
async def sign_in(shown: LinkShown, send: SendCommand, issuing: Issuing, response: Response) -> AccessToken:
    """Sign in with a link, which works once: issues a token to the person."""
    front, _, secret = shown.link.rpartition(".")
    link = owner(front)
    if link is None:
        raise LinkNotValid
    answer = await send(SignIn(link_id=link.id, secret_hash=hashed(secret)), Caller(link.tenant, "service", "intake"))
    person_id = SignedIn.model_validate_json(answer.body).person_id
    response.headers.update(oauth.NO_STORE)
    return issuing.issue(Caller(link.tenant, "person", person_id), client_id="sign-in")


@routes.get(JWKS_PATH)
async def published_keys(issuing: Issuing, response: Response) -> dict[str, Any]:  # a JWK Set
    """Publish the keys that tokens are checked with (RFC 7517)."""
    response.headers.update(PUBLISHED)
    return issuing.keys.published()


@routes.get("/.well-known/oauth-authorization-server")
async def metadata(issuing: Issuing, response: Response) -> dict[str, Any]:  # as the standard lists it
    """Publish where and how to get tokens (RFC 8414)."""
    issuer = issuing.settings.issuer
    response.headers.update(PUBLISHED)
    return {
        "issuer": issuer,
        "token_endpoint": f"{issuer}/oauth/token",
        "jwks_uri": issuer + JWKS_PATH,
        "response_types_supported": [],
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    }


def _id(answer: Answer) -> str:
    id: str = json.loads(answer.body)["id"]
    return id
