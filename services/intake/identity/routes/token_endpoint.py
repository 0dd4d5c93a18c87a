"""The token endpoint of OAuth: for clients, for people who are signed in, and for front ends that act for them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from fastapi import Request, Response

from services.intake.identity import oauth, token_exchange
from services.intake.identity.assertions import LEEWAY, TYPE, read
from services.intake.identity.commands.registration import NoteClientUse, UseNoted
from services.intake.identity.commands.sessions import RefreshOutcome, RefreshSession
from services.intake.identity.credentials import hashed
from services.intake.identity.routes import operator_door
from services.intake.identity.routes.door import NO_STORE, AtTheDoor, Door, PasskeyNeeded, intake_itself
from services.intake.identity.routes.made_for_people import exchange
from services.intake.identity.tokens import AccessToken, ClientToken, ExchangedToken, SignedIn
from shared.engine.authoring.grants import ANYONE
from shared.web.auth import Caller
from shared.web.routes import WholePaths
from shared.web.trail import drafts

routes = WholePaths(allow=(ANYONE,))

GRANTS = (oauth.CLIENT_CREDENTIALS, oauth.REFRESH, token_exchange.GRANT)

TOKEN_FORM = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"enum": [*GRANTS]},
        "client_id": {"type": "string", "description": "Of clients: here, or by HTTP Basic"},
        "client_secret": {"type": "string", "format": "password"},
        "client_assertion": {"type": "string", "description": "Instead of a secret: a JWT that the client has signed"},
        "client_assertion_type": {"const": TYPE},
        "scope": {"type": "string", "description": "Of clients: some of their scopes, with a space between; else all"},
        "tenant": {"type": "string", "description": "For operators: the tenant to act in"},
        oauth.REFRESH: {"type": "string", "description": "Of people who are signed in: the latest one"},
        "subject_token": {"type": "string", "description": "Of front ends: what the organization's provider has given"},
        "subject_token_type": {"enum": [*token_exchange.KINDS]},
    },
}


@routes.post(
    "/oauth/token",
    response_model=ExchangedToken | ClientToken | SignedIn | AccessToken,
    responses={400: {"model": oauth.OAuthProblem}, 401: {"model": oauth.OAuthProblem}},
    openapi_extra={"requestBody": {"required": True, "content": {oauth.FORM: {"schema": TOKEN_FORM}}}},
)
async def issue_token(request: Request, door: AtTheDoor) -> Response:
    """Issue a token to a client or an operator (OAuth 2.0, client credentials), or the next ones of a session; or to a
    front end of an organization one of the person whose token of the organization's provider it shows (RFC 8693).
    """
    try:
        form = oauth.read_form(await request.body(), request.headers.get("content-type", ""))
        issued = await _issue(form, request.headers.get("authorization"), door)
    except oauth.OAuthError as error:
        if error.is_guess:
            await door.note_wrong_credential()
        return error.response()
    return Response(issued.model_dump_json(), headers=NO_STORE, media_type="application/json")


async def _issue(form: Mapping[str, str], authorization: str | None, door: Door) -> AccessToken:
    grant = oauth.check_grant(form, GRANTS)
    if grant == oauth.REFRESH:
        return await _refresh(form.get(oauth.REFRESH, ""), door)
    asked = oauth.read(form, authorization)
    if grant == oauth.CLIENT_CREDENTIALS:
        caller = await _let_in(asked, door)
        drafts.begin_sign_in("issue_token", caller)
        return door.tokens.issue(caller, asked.client_id)
    subject = token_exchange.read_subject(form, door.tokens.settings.audience)
    client = await _let_in(replace(asked, scope=""), door)
    return await exchange(subject, client, asked.client_id, door)


async def _let_in(asked: oauth.TokenRequest, door: Door) -> Caller:
    """Who the client is, by what it has shown; raises `OAuthError`."""
    try:
        caller = await oauth.authenticate(asked, door.tokens.settings, door.reader_of, door.tokens.clock())
        if caller.kind == "client":
            door.check_goes_on(caller.tenant)
        await _note_use(asked, caller, door)
    except oauth.OAuthError as error:
        if error.is_guess:
            await door.note_refused_client("issue_token", asked)
        raise
    return caller


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
    if not token.tenant:
        return await operator_door.refresh(token, door)
    door.check_goes_on(token.tenant)
    command = RefreshSession(
        person_id=token.person_id,
        session_id=token.session_id,
        generation=token.generation,
        lifetime=door.tokens.settings.session_lifetime,
    )
    answer = await door.send(command, intake_itself(token.tenant))
    session = RefreshOutcome.model_validate_json(answer.body).session
    if session is None:
        door.note_attempt("issue_token", token.tenant, f"person/{token.person_id}")
        raise oauth.not_granted()
    try:
        return await door.admit(token.tenant, token.person_id, session)
    except PasskeyNeeded as refusal:
        raise oauth.OAuthError("interaction_required", refusal.detail) from refusal
