"""The tokens of a provider: who has signed them, for whom, for when, and for which request."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from joserfc import jws
from joserfc.jwk import Key
from pydantic import BaseModel, Field, ValidationError

from services.intake.providers.documents import Documents
from services.intake.providers.model.claims import LONGEST_SUBJECT, shown
from services.intake.providers.model.findings import ProviderFault
from services.intake.providers.outbound import Json
from shared.web.signed import EXTENSIONS, UNREADABLE, read_header, read_unchecked
from shared.web.signed import NotSigned as Unreadable

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signed with a key that the provider alone has: nothing unsigned, and nothing with a secret that we have too."""
LEEWAY = 60
"""Seconds by which our clock and the provider's may differ."""
LATEST = 2**33
LARGEST = 100_000
"""Characters of a token."""
AS_THE_STANDARD = "Have it sent as OpenID Connect Core 1.0 says."
CLOCKS = "Have the clocks of both set by NTP, then sign in again."


class NotSigned(ProviderFault):
    """The token is none that the provider has signed: somebody may have made it up."""

    def __init__(self, what: str, detail: str, remedy: str = "Get a new one from the provider.") -> None:
        super().__init__(f"{what}: signature", detail, remedy)


class _Said(BaseModel, strict=True):
    """The claims by which every token is checked."""

    iss: str
    sub: str = Field(min_length=1, max_length=LONGEST_SUBJECT)
    aud: str | list[str]
    exp: float = Field(ge=0, le=LATEST)
    iat: float = Field(ge=0, le=LATEST)
    nbf: float = Field(default=0, ge=0, le=LATEST)
    azp: str | None = None
    nonce: str | None = None


class Expected(NamedTuple):
    """By whom, for whom and when a token must be; `nonce` is that of the request which it answers, if there is one."""

    what: str
    issuer: str
    audience: str
    at: datetime
    nonce: str | None = None


async def check(token: str, expected: Expected, documents: Documents) -> Json:
    """Return the claims of a token, if it is the issuer's, for the audience and for now; raises `ProviderFault`."""
    what = expected.what
    alg, kid = _header(token, what)
    _verify(token, alg, kid, await documents.keys(expected.issuer, kid), what)
    try:
        claims = read_unchecked(token.encode())
        said = _Said.model_validate(claims)
    except ValidationError as error:
        names = ", ".join(sorted({str(one["loc"][0]) for one in error.errors() if one["loc"]})) or "claims"
        raise ProviderFault(what, f"The {what} has no usable {names}.", AS_THE_STANDARD) from None
    except Unreadable:
        raise ProviderFault(
            what, f"The {what} holds no JSON object, or one that reads in two ways.", AS_THE_STANDARD
        ) from None
    _check_parties(said, expected)
    _check_times(said, expected)
    return claims


def _header(token: str, what: str) -> tuple[str, str | None]:
    """The algorithm and the key that a token names."""
    if len(token) > LARGEST:
        raise NotSigned(what, f"The {what} has more than {LARGEST:,} characters.", "Have fewer claims sent.")
    if token.count(".") == 4:
        raise NotSigned(
            what, f"The {what} is encrypted.", "Switch encryption off: the connection is encrypted already."
        )
    try:
        header = read_header(token.encode())
    except Unreadable:
        header = {}
    if token.count(".") != 2 or not header or EXTENSIONS & header.keys():
        raise NotSigned(what, f"The {what} is no signed token (JWT), or has extensions that nobody has agreed on.")
    alg, kid = header.get("alg"), header.get("kid")
    if alg not in ALGORITHMS:
        few = "RS256, PS256 or ES256"
        raise NotSigned(what, f"The {what} is signed with {shown(alg)}.", f"Have the provider sign with {few}.")
    return str(alg), kid if isinstance(kid, str) else None


def _verify(token: str, alg: str, kid: str | None, keys: Sequence[Key], what: str) -> None:
    """Raise `NotSigned` if none of the keys has signed the token."""
    for key in keys:
        if kid in (None, key.kid) and key.alg in (None, alg):
            try:
                jws.deserialize_compact(token, key, algorithms=[alg])
            except UNREADABLE:
                continue
            return
    raise NotSigned(what, f"The {what} is signed with no key that the provider publishes.")


def _check_parties(said: _Said, expected: Expected) -> None:
    what = expected.what
    if said.iss != expected.issuer:
        raise ProviderFault(f"{what}: iss", f"The {what} is of another issuer: {shown(said.iss)}.", AS_THE_STANDARD)
    audiences = [said.aud] if isinstance(said.aud, str) else said.aud
    if expected.audience not in audiences:
        raise ProviderFault(
            f"{what}: aud",
            f"The {what} is for somebody else: {', '.join(map(shown, audiences[:3])) or 'nobody'}.",
            f"It must be for {expected.audience}: look whether the client id is right here and at the provider.",
        )
    if said.azp != expected.audience and (said.azp is not None or len(audiences) > 1):
        raise ProviderFault(
            f"{what}: azp",
            f"The {what} was given to somebody else: its azp is {shown(said.azp)}.",
            f"It must be {expected.audience}, whom it is for.",
        )
    if expected.nonce is not None and said.nonce != expected.nonce:
        raise ProviderFault(f"{what}: nonce", f"The {what} answers another request.", "Sign in again.")


def _check_times(said: _Said, expected: Expected) -> None:
    what, now = expected.what, expected.at.timestamp()
    ahead = max(said.iat, said.nbf) - now
    if ahead > LEEWAY:
        raise ProviderFault("clock", f"The {what} is of a time {ahead:.0f} seconds ahead of our clock.", CLOCKS)
    if said.exp <= now - LEEWAY:
        raise ProviderFault("clock", f"The {what} expired {now - said.exp:.0f} seconds ago, by our clock.", CLOCKS)
    if expected.nonce is not None and said.iat < now - LEEWAY:  # it was made for us a moment ago
        raise ProviderFault("clock", f"The {what} is of a time {now - said.iat:.0f} seconds behind our clock.", CLOCKS)
