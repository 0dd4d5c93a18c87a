"""Signs people in by a provider: OpenID Connect Core 1.0, authorization code with PKCE (RFC 7636, 9700)."""

import base64
import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from services.intake.providers.addresses import Network
from services.intake.providers.documents import Discovery, Documents, found_at
from services.intake.providers.model.claims import Claims, shown
from services.intake.providers.model.findings import ProviderFault
from services.intake.providers.model.provider import ClientMethod, IdentityProvider, ProviderSettings
from services.intake.providers.outbound import Answered, Json, Outbound
from services.intake.providers.provider_tokens import Expected, NotSigned, check
from shared.clock import Clock
from shared.errors import TryLater
from shared.sealing import NotUnsealed, Sealer

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTED_FOR = timedelta(minutes=2)
ALGORITHM = "ES256"
AT_ONCE = 20
"""Who is let in by one provider at a time; more are asked to try again."""
OLDEST = timedelta(hours=12)
"""How long ago somebody may have signed in at the provider; who has not since is asked there again."""
ID_TOKEN = "ID token"  # noqa: S105 - what it is called


class Keepsake(NamedTuple):
    """What one request to a provider is known again by; all of it is derived, and none of it stored."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


class Returned(NamedTuple):
    """What a browser brings back from the provider."""

    code: str = ""
    issuer: str | None = None
    error: str = ""


def sealed_about(tenant: str) -> str:
    """Return what the credential of an organization is bound to."""
    return f"{tenant}/identity-provider"


class RelyingParty:
    """What we are to all providers; with what they publish, and how many are being asked."""

    def __init__(self, allowed: Sequence[Network], sealer: Sealer, clock: Clock) -> None:
        self.outbound, self.sealer, self.clock = Outbound(allowed), sealer, clock
        self.documents = Documents(self.outbound, clock)
        self.under_way: dict[str, int] = {}

    async def address(self, settings: ProviderSettings, keepsake: Keepsake, is_fresh: bool) -> str:
        """Return where a browser is sent to sign in; raises `ProviderFault`."""
        async with self._one_more(settings.issuer):
            discovery = await self.documents.discovery(settings.issuer)
        return authorization_url(discovery, settings, keepsake, {"max_age": "0"} if is_fresh else {})

    async def redeem(self, tenant: str, provider: IdentityProvider, keepsake: Keepsake, back: Returned) -> Claims:
        """Return what the provider says of who comes back from it; raises `ProviderFault`."""
        settings = provider.required
        async with self._one_more(settings.issuer):
            discovery = await self.documents.discovery(settings.issuer)
            _check_answer(back, discovery)
            form = {
                "grant_type": "authorization_code",
                "code": back.code,
                "redirect_uri": keepsake.redirect_uri,
                "code_verifier": keepsake.verifier,
            }
            answer = await self.ask_for_tokens(tenant, provider, discovery, form)
            tokens = _tokens(answer)
            expected = Expected(ID_TOKEN, settings.issuer, settings.client_id, self.clock(), keepsake.nonce)
            claims = await check(tokens["id_token"], expected, self.documents)
            return {**await self._user_info(discovery, tokens, claims), **claims}

    async def known(self, settings: ProviderSettings, token: str, audience: str, what: str) -> Claims:
        """Return what a token of the provider's says that somebody else was given; raises `ProviderFault`."""
        async with self._one_more(settings.issuer):
            return await check(token, Expected(what, settings.issuer, audience, self.clock()), self.documents)

    async def ask_for_tokens(
        self, tenant: str, provider: IdentityProvider, discovery: Discovery, form: Mapping[str, str]
    ) -> Answered:
        """Return what the token endpoint answers to us; raises `ProviderFault`."""
        shown_form, headers = self._shown(tenant, provider)
        return await self.outbound.post("token endpoint", discovery.token_endpoint, {**form, **shown_form}, headers)

    def _shown(self, tenant: str, provider: IdentityProvider) -> tuple[dict[str, str], dict[str, str]]:
        """The parameters and headers by which we show who we are."""
        settings, sealed = provider.required, provider.credential.sealed
        id = {"client_id": settings.client_id}
        if settings.method is ClientMethod.NONE or sealed is None:
            return id, {}
        try:
            secret = self.sealer.open(sealed_about(tenant), sealed)
        except NotUnsealed:
            raise ProviderFault(
                "client",
                "What shows the provider that it is us cannot be read any more: its key is gone.",
                "Set the provider's secret again, or have ITHACA_SIGN_IN_KEY hold the key as before.",
            ) from None
        match settings.method:
            case ClientMethod.BASIC:
                pair = f"{quote(settings.client_id, safe='')}:{quote(secret, safe='')}"
                return {}, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
            case ClientMethod.POST:
                return {**id, "client_secret": secret}, {}
        assertion = assertion_of(settings, ECKey.import_key(json.loads(secret)), self.clock())
        return {**id, "client_assertion_type": ASSERTION, "client_assertion": assertion}, {}

    async def _user_info(self, discovery: Discovery, tokens: Mapping[str, str], claims: Claims) -> Json:
        """What the provider says elsewhere, if its ID token does not say the address."""
        url, token = discovery.userinfo_endpoint, tokens.get("access_token")
        if "email" in claims or url is None or token is None:
            return {}
        answer = await self.outbound.get("userinfo", url, {"Authorization": f"Bearer {token}"})
        found = found_at(answer, "userinfo")
        if found.get("sub") != claims["sub"]:
            raise ProviderFault(
                "userinfo",
                "The UserInfo endpoint answers about somebody else.",
                "Have its sub be that of the ID token.",
            )
        return found

    @asynccontextmanager
    async def _one_more(self, issuer: str) -> AsyncIterator[None]:
        """Count who is let in by a provider now; raises `TryLater` if there are too many."""
        if self.under_way.get(issuer, 0) >= AT_ONCE:
            raise TryLater("Many sign in by this provider now, and it is slow to answer: try again.")
        self.under_way[issuer] = self.under_way.get(issuer, 0) + 1
        try:
            yield
        finally:
            self.under_way[issuer] -= 1
            if not self.under_way[issuer]:
                del self.under_way[issuer]


def authorization_url(
    discovery: Discovery, settings: ProviderSettings, keepsake: Keepsake, further: Mapping[str, str]
) -> str:
    """Return where a browser is sent; what the provider's address asks for already, stays."""
    parts = urlsplit(discovery.authorization_endpoint)
    asked = {
        **dict(parse_qsl(parts.query)),
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": keepsake.redirect_uri,
        "scope": " ".join(settings.scopes),
        "state": keepsake.state,
        "nonce": keepsake.nonce,
        "code_challenge": challenge(keepsake.verifier),
        "code_challenge_method": "S256",
        "max_age": str(int(OLDEST.total_seconds())),
        **further,
    }
    return urlunsplit(parts._replace(query=urlencode(asked), fragment=""))


def challenge(verifier: str) -> str:
    """Return what is shown of a verifier at first (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def assertion_of(settings: ProviderSettings, key: ECKey, at: datetime) -> str:
    """Return what shows the provider that it is us, once and for minutes (RFC 7523)."""
    now = int(at.timestamp())
    claims = {
        "iss": settings.client_id,
        "sub": settings.client_id,
        "aud": settings.issuer,
        "jti": secrets.token_urlsafe(16),
        "iat": now,
        "exp": now + int(ASSERTED_FOR.total_seconds()),
    }
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key)


def _check_answer(back: Returned, discovery: Discovery) -> None:
    """Look at what comes back before the code is shown to anybody (RFC 9207)."""
    named = back.issuer
    if named != discovery.issuer and (named is not None or discovery.authorization_response_iss_parameter_supported):
        raise ProviderFault("iss", f"This answer is of another provider: iss is {shown(named)}.", "Sign in again.")
    if back.error or not back.code:
        raise ProviderFault(
            "sign-in",
            f"The provider has let nobody in: it says {shown(back.error or 'nothing')}.",
            "Sign in again; if it goes on, look there who may use this application.",
        )


def _tokens(answer: Answered) -> dict[str, str]:
    """The tokens that the provider has answered with; raises `ProviderFault`, with its own code for what is wrong."""
    found = answer.json("token endpoint")
    if answer.status != 200:
        error = found.get("error")
        raise ProviderFault(
            "token endpoint",
            f"The provider gives no tokens: it answers {answer.status} with the error {shown(error)}.",
            REMEDIES.get(error if isinstance(error, str) else "", "Look into its log."),
        )
    tokens = {name: value for name in ("id_token", "access_token") if isinstance(value := found.get(name), str)}
    if "id_token" not in tokens:
        raise ProviderFault("token endpoint", "The provider answers without an ID token.", "Ask for the scope openid.")
    return tokens


REMEDIES = {
    "invalid_client": "Set the client id and its secret as the provider has them, and its way to show them.",
    "invalid_grant": "Sign in again; if it goes on, register the redirect address as it is shown here.",
    "unauthorized_client": "Let this client use the authorization code grant at the provider.",
    "redirect_uri_mismatch": "Register the redirect address at the provider as it is shown here.",
}


def is_made_up(fault: ProviderFault) -> bool:
    """Return whether what was shown is no token of the provider's at all."""
    return isinstance(fault, NotSigned)
