"""The token endpoint's requests and errors (RFC 6749): how clients show who they are, and what they are answered."""

import base64
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, unquote_plus

from fastapi.responses import JSONResponse
from pydantic import BaseModel

from services.intake.identity import assertions
from services.intake.identity.credentials import are_equal, owner
from services.intake.identity.model.clients import Client
from services.intake.organizations.model import Organization
from services.intake.settings import IntakeSettings
from shared.engine.authoring.reader import Reader
from shared.ids import TENANT
from shared.web.auth import Caller

FORM = "application/x-www-form-urlencoded"
NO_STORE = {"Cache-Control": "no-store"}
REFRESH = "refresh_token"
"""The grant, and the parameter that it needs."""
CLIENT_CREDENTIALS = "client_credentials"


class OAuthProblem(BaseModel):
    """Why there is no token (RFC 6749, 5.2)."""

    error: str
    error_description: str


class OAuthError(Exception):
    """There is no token for this request."""

    def __init__(self, error: str, description: str, is_guess: bool | None = None) -> None:
        super().__init__(error)
        self.problem = OAuthProblem(error=error, error_description=description)
        self.is_guess = error in ("invalid_client", "invalid_grant") if is_guess is None else is_guess
        """Whether a credential was shown that is none."""

    def response(self) -> JSONResponse:
        """The response that the standard asks for."""
        if self.problem.error != "invalid_client":
            return JSONResponse(self.problem.model_dump(), 400, NO_STORE)
        return JSONResponse(self.problem.model_dump(), 401, {**NO_STORE, "WWW-Authenticate": 'Basic realm="ithaca"'})


@dataclass(slots=True, frozen=True)
class TokenRequest:
    """A client asks for a token, for some of its scopes or all; an operator may say for which tenant."""

    client_id: str
    client_secret: str
    tenant: str = ""
    assertion: str = ""
    scope: str = ""


def read_form(body: bytes, content_type: str) -> dict[str, str]:
    """Read the parameters of a request; raises `OAuthError`."""
    if content_type.partition(";")[0].strip().lower() != FORM:
        raise OAuthError("invalid_request", f"Send the parameters as {FORM}.")
    try:
        pairs = [(name, value) for name, value in parse_qsl(body.decode(), errors="strict", max_num_fields=20) if value]
    except ValueError:
        raise OAuthError("invalid_request", f"The body is not {FORM}.") from None
    if len(dict(pairs)) < len(pairs):
        raise OAuthError("invalid_request", "Send each parameter once.")
    return dict(pairs)


def check_grant(form: Mapping[str, str], known: Collection[str]) -> str:
    """Return what is to be given a token for; raises `OAuthError`."""
    grant = form.get("grant_type", "")
    if grant not in known:
        error = "unsupported_grant_type" if grant else "invalid_request"
        raise OAuthError(error, f"Send grant_type={' or '.join(known)}.")
    return grant


def read(form: Mapping[str, str], authorization: str | None) -> TokenRequest:
    """Read who a client says that it is, and for what; raises `OAuthError`."""
    tenant, scope = form.get("tenant", ""), form.get("scope", "")
    if "client_assertion" in form:
        return TokenRequest(_asserted(form, authorization), "", tenant, form["client_assertion"], scope)
    id, secret = read_credentials(form, authorization)
    return TokenRequest(id, secret, tenant, scope=scope)


def _asserted(form: Mapping[str, str], authorization: str | None) -> str:
    """Which client says that it is itself by a statement that it has signed, instead of by a secret."""
    if form.get("client_assertion_type") != assertions.TYPE:
        raise OAuthError("invalid_request", f"client_assertion_type must be {assertions.TYPE}.")
    if authorization is not None or "client_secret" in form:
        raise OAuthError("invalid_request", "Send a secret or a client_assertion, not both.")
    try:
        id = assertions.claimed_client(form["client_assertion"])
    except assertions.NotAsserted:
        raise _unknown() from None
    if form.get("client_id", id) != id:
        raise _unknown()
    return id


async def authenticate(
    asked: TokenRequest, settings: IntakeSettings, reader_of: Callable[[str], Reader], at: datetime
) -> Caller:
    """Find the caller that these credentials stand for; raises `OAuthError`. There is no tenant before that."""
    if asked.client_id == settings.operator_client_id:
        caller = _operator(asked, settings)
        if caller.tenant and not await reader_of(caller.tenant).many(Organization, [caller.tenant]):
            raise OAuthError(
                "invalid_target",
                f"There is no organization {caller.tenant}: correct it, or register it with a token that names none.",
            )
        return caller
    named = owner(asked.client_id)
    found = await reader_of(named.tenant).many(Client, [named.id]) if named else []
    if named is None or not found or not _shows(asked, found[0], settings, at):
        raise _unknown()
    if asked.tenant not in ("", named.tenant):
        raise OAuthError("invalid_request", f"This client belongs to {named.tenant}: leave tenant out.")
    return Caller(named.tenant, "client", named.id, scopes=_scopes(found[0], asked.scope))


async def known(
    asked: TokenRequest, settings: IntakeSettings, reader_of: Callable[[str], Reader]
) -> tuple[str, str] | None:
    """Return as whom somebody wanted a token, and of which organization, if there is such a client or operator."""
    if asked.client_id == settings.operator_client_id and settings.operator_client_secret is not None:
        return "", f"operator/{asked.client_id}"
    named = owner(asked.client_id)
    if named is None or not await reader_of(named.tenant).many(Client, [named.id]):
        return None
    return named.tenant, f"client/{named.id}"


def _scopes(client: Client, asked: str) -> frozenset[str]:
    wanted = frozenset(asked.split(" ")) if asked else client.granted
    if not wanted <= client.granted:
        has = " ".join(sorted(client.granted))
        raise OAuthError("invalid_scope", f"This client has {has}: ask for some of these, or leave scope out for all.")
    return wanted


def _shows(asked: TokenRequest, client: Client, settings: IntakeSettings, at: datetime) -> bool:
    """Whether the client is let in by what it shows; that a statement is new is looked at later."""
    if not asked.assertion:
        return client.has_secret(asked.client_secret)
    audiences = frozenset({settings.issuer, f"{settings.issuer}/oauth/token"})
    try:
        assertions.check(asked.assertion, asked.client_id, client, assertions.Expected(audiences, at))
    except assertions.NotAsserted:
        return False
    return True


def shown_before() -> OAuthError:
    """Return why a statement lets nobody in a second time."""
    return OAuthError(
        "invalid_client", "This client_assertion was shown before: sign another one, with a jti of its own."
    )


def _operator(asked: TokenRequest, settings: IntakeSettings) -> Caller:
    secret = settings.operator_client_secret
    if secret is None or not are_equal(secret.get_secret_value(), asked.client_secret):
        raise _unknown()
    if asked.scope:
        raise OAuthError("invalid_scope", "An operator's tokens have no scopes: leave the parameter out.")
    if asked.tenant and not TENANT.fullmatch(asked.tenant):
        raise OAuthError("invalid_request", "tenant is 3 to 40 of a-z, 0-9 and hyphens.")
    return Caller(asked.tenant, "operator", asked.client_id)


def read_credentials(form: Mapping[str, str], authorization: str | None) -> tuple[str, str]:
    """Read a client's id and secret; raises `OAuthError`."""
    if authorization is None:
        return form.get("client_id", ""), form.get("client_secret", "")
    if "client_secret" in form:
        raise OAuthError("invalid_request", "Send the secret in the header or in the form, not in both.")
    scheme, _, encoded = authorization.partition(" ")
    try:
        id, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:  # no base64, no ASCII, no UTF-8
        raise _unknown() from None
    if scheme.lower() != "basic" or not colon or form.get("client_id", unquote_plus(id)) != unquote_plus(id):
        raise _unknown()
    return unquote_plus(id), unquote_plus(secret)


def not_granted() -> OAuthError:
    """Return why a refresh token gives nothing."""
    return OAuthError("invalid_grant", "This refresh token was used, has expired or was ended: sign in again.")


def _unknown() -> OAuthError:
    return OAuthError("invalid_client", "There is no client with this id and secret.")
