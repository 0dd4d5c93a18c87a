"""Tokens taken back by whoever has them (RFC 7009), and looked at by whoever is shown them (RFC 7662)."""

from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict

from services.intake.identity import oauth
from services.intake.identity.commands.sessions import EndSession
from services.intake.identity.model.access import Access
from services.intake.identity.routes import operator_door
from services.intake.identity.routes.door import NO_STORE, AtTheDoor, Door
from services.intake.identity.tokens import RefreshToken
from shared.engine.authoring.grants import ANYONE
from shared.errors import OrganizationIsSuspended
from shared.web.auth import Caller, KnownToken, TokenRefused, Verifier
from shared.web.routes import WholePaths

routes = WholePaths(allow=(ANYONE,))

PROBLEMS: dict[int | str, dict[str, Any]] = {400: {"model": oauth.OAuthProblem}, 401: {"model": oauth.OAuthProblem}}
FORM = {
    "type": "object",
    "required": ["token"],
    "properties": {
        "token": {"type": "string"},
        "token_type_hint": {"type": "string", "description": "Passed over: tokens say by themselves what they are"},
    },
}


class Introspected(BaseModel):
    """Whether a token counts now and, if the asker may know, what it says (RFC 7662, 2.2)."""

    model_config = ConfigDict(extra="allow")

    active: bool


@routes.post(
    "/oauth/revoke",
    response_class=Response,  # its status says all that there is to say
    responses=PROBLEMS,
    openapi_extra={"requestBody": {"required": True, "content": {oauth.FORM: {"schema": FORM}}}},
)
async def revoke_token(request: Request, door: AtTheDoor) -> Response:
    """Take a token of a person back (RFC 7009): its session ends, in all services within two seconds."""
    try:
        form = await _form(request)
        session = door.tokens.known_refresh_token(form["token"]) or await _session_of(form["token"], request, door)
    except oauth.OAuthError as error:
        return error.response()
    if session is not None and not session.tenant:
        await operator_door.end(session, door)
    elif session is not None:
        command = EndSession(person_id=session.person_id, session_id=session.session_id)
        await door.send(command, Caller(session.tenant, "person", session.person_id))
    return Response(headers=NO_STORE)


@routes.post(
    "/oauth/introspect",
    response_model=Introspected,
    responses=PROBLEMS,
    openapi_extra={"requestBody": {"required": True, "content": {oauth.FORM: {"schema": FORM}}}},
)
async def introspect_token(request: Request, door: AtTheDoor) -> Response:
    """Tell a client or an operator whether a token counts now, and what it says if it is of their organization."""
    try:
        form = await _form(request)
        shown = oauth.TokenRequest(*oauth.read_credentials(form, request.headers.get("authorization")))
        asker = await _asker(shown, door)
    except oauth.OAuthError as error:
        if error.is_guess:
            await door.note_wrong_credential()
        return error.response()
    refresh = door.tokens.known_refresh_token(form["token"])
    if refresh is not None and await _counts(refresh, door):
        found = _of_refresh_token(refresh)
    else:
        found = _of_access_token(await _known(form["token"], request), door)
    is_theirs = asker.tenant in ("", found.get("tenant"))
    shown_to_them = found if is_theirs else {"active": False}
    return Response(Introspected(**shown_to_them).model_dump_json(), headers=NO_STORE, media_type="application/json")


async def _asker(shown: oauth.TokenRequest, door: Door) -> Caller:
    """Who asks about tokens; raises `OAuthError`."""
    try:
        asker = await oauth.authenticate(shown, door.tokens.settings, door.reader_of, door.tokens.clock())
    except oauth.OAuthError as error:
        if error.is_guess:
            await door.note_refused_client("introspect_token", shown)
        raise
    if asker.kind == "client":
        door.check_goes_on(asker.tenant)
    return asker


async def _form(request: Request) -> dict[str, str]:
    form = oauth.read_form(await request.body(), request.headers.get("content-type", ""))
    if "token" not in form:
        raise oauth.OAuthError("invalid_request", "Send the token.")
    return form


async def _known(token: str, request: Request) -> KnownToken | None:
    """What an access token says that counts; None for anything else. Raises `TryLater`, as long as that is open."""
    verifier: Verifier = request.app.state.verifier
    try:
        return await verifier.check(token.encode())
    except (TokenRefused, OrganizationIsSuspended):
        return None


async def _session_of(token: str, request: Request, door: Door) -> RefreshToken | None:
    """The session of an access token; None for what counts no longer, or never has."""
    known = await _known(token, request)
    if known is None:
        await door.note_wrong_credential()
        return None
    if not known.claims.sid:
        raise oauth.OAuthError(
            "unsupported_token_type", "A client's token ends within five minutes: disable the client to end it now."
        )
    return RefreshToken(known.caller.tenant, known.caller.subject, known.claims.sid, 0)


async def _counts(token: RefreshToken, door: Door) -> bool:
    if door.send.is_suspended(token.tenant):
        return False
    reader = door.reader_of(token.tenant)
    found = await reader.many(Access, [Access.id_of(token.person_id)])
    session = found[0].sessions.get(token.session_id) if found else None
    return session is not None and session.generation == token.generation


def _of_refresh_token(token: RefreshToken) -> dict[str, Any]:  # as the standard lists it
    return {"active": True, "tenant": token.tenant, "sub": token.person_id, "sid": token.session_id}


def _of_access_token(known: KnownToken | None, door: Door) -> dict[str, Any]:  # as the standard lists it
    if known is None:
        return {"active": False}
    settings = door.tokens.settings
    told = {"active": True, "token_type": "Bearer", "iss": settings.issuer, "aud": settings.audience}
    return told | known.claims.model_dump(exclude_defaults=True, exclude_none=True)
