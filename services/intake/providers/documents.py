"""What providers publish of themselves: their endpoints and their keys, kept for a while and fetched again when due.

However many people sign in at a time, there is one fetch of each; while a provider does not answer, nobody waits for it
a second time within seconds. What one provider does holds up nobody who signs in by another.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key
from pydantic import BaseModel, ValidationError

from services.intake.providers.addresses import check_url
from services.intake.providers.model.findings import ProviderFault
from services.intake.providers.outbound import ITS_ADDRESS, Answered, Json, Outbound
from shared.clock import Clock

PATH = "/.well-known/openid-configuration"
FRESH = timedelta(hours=1)
"""How long what was fetched is taken as it is."""
PAUSE = timedelta(seconds=30)
"""The shortest time between two fetches of keys for a key id that is not among them."""
AFTER_A_FAULT = timedelta(seconds=5)
"""How long a fault is the answer to all who ask."""
REMEMBERED = 1_000
"""Providers; the one that was used longest ago goes first."""
MOST_KEYS = 50
SMALLEST_RSA = 2048
"""Bits."""
UNREADABLE = (JoseError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError)


class Discovery(BaseModel, frozen=True):
    """What a provider says of itself (OpenID Connect Discovery 1.0, 3), as far as it is used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    authorization_response_iss_parameter_supported: bool = False
    code_challenge_methods_supported: list[str] | None = None
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]


@dataclass(slots=True)
class Published:
    """What is known of one provider, and since when."""

    discovery: Discovery | None = None
    discovered: datetime | None = None
    keys: Sequence[Key] = ()
    keyed: datetime | None = None
    fault: ProviderFault | None = None
    failed: datetime | None = None
    fetching: asyncio.Lock = field(default_factory=asyncio.Lock)


class Documents:
    """What providers publish, by issuer."""

    def __init__(self, outbound: Outbound, clock: Clock) -> None:
        self.outbound, self.clock = outbound, clock
        self.published: OrderedDict[str, Published] = OrderedDict()

    async def discovery(self, issuer: str) -> Discovery:
        """Return what the provider says of itself; raises `ProviderFault`."""
        known = self._of(issuer)
        async with known.fetching:
            return await self._discovery(issuer, known)

    async def keys(self, issuer: str, kid: str | None) -> Sequence[Key]:
        """Return the provider's keys, fetched anew if none has that id; raises `ProviderFault`."""
        known = self._of(issuer)
        async with known.fetching:
            age = None if known.keyed is None else self.clock() - known.keyed
            is_missing = kid is not None and all(key.kid != kid for key in known.keys)
            if age is None or age >= FRESH or (is_missing and age >= PAUSE):
                discovery = await self._discovery(issuer, known)
                known.keys = read_keys(await self._get(known, "keys", discovery.jwks_uri))
                known.keyed = self.clock()
            return known.keys

    async def _discovery(self, issuer: str, known: Published) -> Discovery:
        at = self.clock()
        if known.discovery is None or known.discovered is None or at >= known.discovered + FRESH:
            known.discovery = self.read(await self._get(known, "issuer", issuer + PATH), issuer)
            known.discovered = self.clock()
        return known.discovery

    async def _get(self, known: Published, about: str, url: str) -> Answered:
        if known.fault is not None and known.failed is not None and self.clock() < known.failed + AFTER_A_FAULT:
            raise known.fault
        try:
            answer = await self.outbound.get(about, url)
        except ProviderFault as fault:
            known.fault, known.failed = fault, self.clock()
            raise
        known.fault = None
        return answer

    def forget(self, issuer: str) -> None:
        """Have everything of a provider be fetched again."""
        self.published.pop(issuer, None)

    def _of(self, issuer: str) -> Published:
        known = self.published.setdefault(issuer, Published())
        self.published.move_to_end(issuer)
        if len(self.published) > REMEMBERED:
            self.published.popitem(last=False)
        return known

    def read(self, answer: Answered, issuer: str) -> Discovery:
        """Return what an issuer says of itself; raises `ProviderFault` for what is another's, or lacks something."""
        document = found_at(answer, "issuer")
        if document.get("issuer") != issuer:
            raise ProviderFault(
                "issuer",
                f"{answer.url} is about another issuer: {str(document.get('issuer'))[:200]!a}.",
                "Set the issuer letter by letter as the provider writes it, with or without the slash at its end.",
            )
        try:
            discovery = Discovery.model_validate(document)
            for one in (discovery.authorization_endpoint, discovery.token_endpoint, discovery.jwks_uri):
                check_url(one, self.outbound.allowed)
            if discovery.userinfo_endpoint is not None:
                check_url(discovery.userinfo_endpoint, self.outbound.allowed)
        except ValidationError as error:
            names = ", ".join(sorted({str(one["loc"][0]) for one in error.errors()}))
            raise ProviderFault("issuer", f"{answer.url} has no usable {names}.", ITS_ADDRESS) from None
        except ValueError as error:
            raise ProviderFault("issuer", f"An endpoint in {answer.url} {error}.", ITS_ADDRESS) from None
        methods = discovery.code_challenge_methods_supported
        if methods is not None and "S256" not in methods:
            raise ProviderFault(
                "issuer", "The provider does not take PKCE with S256.", "Switch it on (RFC 7636) at the provider."
            )
        return discovery


def found_at(answer: Answered, about: str) -> Json:
    """Return the object that was asked for; raises `ProviderFault`."""
    if answer.status != 200:
        raise ProviderFault(about, f"{answer.url} answers {answer.status}, not 200.", ITS_ADDRESS)
    return answer.json(about)


def read_keys(answer: Answered) -> list[Key]:
    """Return the keys of a set with which signatures can be checked, without others; raises `ProviderFault`."""
    found = found_at(answer, "keys").get("keys")
    listed = found[:MOST_KEYS] if isinstance(found, list) else []
    keys = [key for one in listed if isinstance(one, dict) and (key := _key(one)) is not None]
    if not keys:
        raise ProviderFault(
            "keys",
            f"{answer.url} has no key with which signatures can be checked.",
            f"Have the provider sign with RSA of {SMALLEST_RSA} bits or more, or with an elliptic curve.",
        )
    return keys


def _key(written: Json) -> Key | None:
    """A public key; None for one of another use or kind, or that is too short or none."""
    if written.get("use", "sig") != "sig" or "verify" not in written.get("key_ops", ["verify"]):
        return None
    try:
        key = import_key(written)
    except UNREADABLE:
        return None
    if isinstance(key, RSAKey):
        return key if key.public_key.key_size >= SMALLEST_RSA else None
    return key if isinstance(key, ECKey | OKPKey) else None
