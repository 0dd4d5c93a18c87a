"""The token endpoint of OAuth: for clients with a secret, and for people who are signed in already."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from fastapi import Request, Response

from services.intake.identity import oauth
from services.intake.identity.assertions import LEEWAY, TYPE, read
from services.intake.identity.attempts import WRONG_SECRETS
from services.intake.identity.commands.registration import NoteClientUse, UseNoted
from services.intake.identity.commands.sessions import RefreshOutcome, RefreshSession
from services.intake.identity.credentials import hashed
from services.intake.identity.routes.door import NO_STORE, AtTheDoor, Door, intake_itself
from services.intake.identity.tokens import AccessToken, ClientToken, SignedIn
from shared.engine.authoring.grants import ANYONE
from shared.engine.authoring.reader import Reader
from shared.web.auth import Caller
from shared.web.routes import WholePaths

routes = WholePaths(allow=(ANYONE,))

TOKEN_FORM = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"enum": ["client_credentials", oauth.REFRESH]},
        "client_id": {"type": "string", "description": "Of clients: here, or by HTTP Basic"},
        "client_secret": {"type": "string", "format": "password"},
        "client_assertion": {"type": "string", "description": "Instead of a secret: a JWT that the client has signed"},
        "client_assertion_type": {"const": TYPE},
        "scope": {"type": "string", "description": "Of clients: some of their scopes, with a space between; else all"},
        "tenant": {"type": "string", "description": "For operators: the tenant to act in"},
        oauth.REFRESH: {"type": "string", "description": "Of people who are signed in: the latest one"},
    },
}


@routes.post(
    "/oauth/token",
    response_model=ClientToken | SignedIn | AccessToken,
    responses={400: {"model": oauth.OAuthProblem}, 401: {"model": oauth.OAuthProblem}},
    openapi_extra={"requestBody": {"required": True, "content": {oauth.FORM: {"schema": TOKEN_FORM}}}},
)
async def issue_token(request: Request, door: AtTheDoor) -> Response:
    """Issue a token to a client or an operator (OAuth 2.0, client credentials), or the next ones of a session."""
    try:
        form = oauth.read_form(await request.body(), request.headers.get("content-type", ""))
        if form.get("grant_type") == oauth.REFRESH:
            issued: AccessToken = await _refresh(form.get(oauth.REFRESH, ""), door)
        else:
            asked = oauth.read(form, request.headers.get("authorization"))
            issued = await _let_in(asked, partial(Reader, request.app.state.store), door)
    except oauth.OAuthError as error:
        if error.is_guess:
            door.note_wrong_credential()
        return error.response()
    return Response(issued.model_dump_json(), headers=NO_STORE, media_type="application/json")


async def _let_in(asked: oauth.TokenRequest, reader_of: Callable[[str], Reader], door: Door) -> AccessToken:
    try:
        caller = await oauth.authenticate(asked, door.tokens.settings, reader_of, door.tokens.clock())
        await _note_use(asked, caller, door)
    except oauth.OAuthError as error:
        if error.is_guess:
            door.attempts.count(WRONG_SECRETS, hashed(asked.client_id))
        raise
    return door.tokens.issue(caller, asked.client_id)


async def _note_use(asked: oauth.TokenRequest, caller: Caller, door: Door) -> None:
    """Note that a client is let in, once a day, and what it has signed each time; raises `OAuthError` for a second."""
    day = door.tokens.clock().date()
    if caller.kind != "client" or (not asked.assertion and door.used.get(asked.client_id) == day):
        return
    command = NoteClientUse(key=caller.subject, on=day)
    if asked.assertion:
        statement = read(asked.assertion)
        until = datetime.fromtimestamp(statement.exp, UTC) + LEEWAY
        command = command.model_copy(update={"assertion": hashed(statement.jti), "until": until})
    answer = await door.send(command, intake_itself(caller.tenant))
    if not UseNoted.model_validate_json(answer.body).is_new:
        raise oauth.shown_before()
    door.used[asked.client_id] = day


async def _refresh(shown: str, door: Door) -> SignedIn:
    token = door.tokens.known_refresh_token(shown)
    if token is None:
        raise oauth.not_granted()
    command = RefreshSession(
        person_id=token.person_id,
        session_id=token.session_id,
        generation=token.generation,
        lifetime=door.tokens.settings.session_lifetime,
    )
    answer = await door.send(command, intake_itself(token.tenant))
    session = RefreshOutcome.model_validate_json(answer.body).session
    if session is None:
        raise oauth.not_granted()
    return door.tokens.sign_in(await door.person(token.tenant, token.person_id), session)
