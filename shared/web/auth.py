"""Who is asking: the platform's own bearer tokens (RFC 6750, RFC 9068), checked on every call.

They are signed with ES256, the one algorithm that every implementation has; nothing else is accepted. A token that
was checked once is remembered, and only its expiry is looked at again.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from fastapi import Depends, Request
from joserfc.errors import ExpiredTokenError
from joserfc.jwt import JWTClaimsRegistry

from shared.clock import Clock
from shared.engine.authoring.freshness import NEVER, stale_from
from shared.engine.authoring.grants import ENROLLING
from shared.engine.authoring.links import LINK
from shared.errors import OrganizationIsSuspended, Refusal
from shared.ids import PersonId
from shared.web.claims import Claims
from shared.web.issuer_keys import IssuerKeys
from shared.web.revocations import Revocations
from shared.web.role_lookup import RoleLookup
from shared.web.signed import UNREADABLE, read_header, read_signed

TYPES = ("at+jwt", "application/at+jwt")
LEEWAY = 10
"""Seconds by which two machines' clocks may differ."""
REMEMBERED = 10_000
"""Tokens that are remembered; the one used longest ago goes first."""


Kind = Literal["person", "client", "operator", "service", "enrolling", "link"]


@dataclass(slots=True, frozen=True)
class Caller:
    """Who asks, as the token says. `kind` is "service" only inside a process: no token has it.

    An operator's token may name no tenant: then `tenant` is empty. People have `roles`, clients `scopes`. Those
    who have signed in longer ago than some minutes are not fresh. Where a token has no room for the roles,
    `role_changes` says after how many changes of them it was issued. Who has opened the `link` of a mail may do what
    that is for, and nothing else.
    """

    tenant: str
    kind: Kind
    subject: str
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    is_fresh: bool = True
    role_changes: int = 0
    link: str = ""

    @property
    def actor(self) -> str:
        """How events name the caller, such as `person/0190...`."""
        return f"{'person' if self.kind in (ENROLLING, LINK) else self.kind}/{self.subject}"

    @property
    def person_id(self) -> PersonId | None:
        """The person who asks; None for a client or an operator."""
        return PersonId(self.subject) if self.kind == "person" else None


class TokenRefused(Refusal):
    """There is no token, or it is not valid here."""

    status = 401

    def __init__(self, detail: str, challenge: str = 'Bearer error="invalid_token"') -> None:
        super().__init__(detail)
        self.headers = {"WWW-Authenticate": challenge}


class TenantMissing(Refusal):
    """An operator asks for something that is a tenant's, without saying whose."""

    status = 403

    def __init__(self) -> None:
        super().__init__("This token names no tenant: ask for one at /oauth/token with tenant=<organization id>.")


@dataclass(slots=True, frozen=True)
class KnownToken:
    """What a token that was checked says. It is revoked with any of the `accesses`, the session among them."""

    caller: Caller
    claims: Claims
    expires: datetime
    accesses: tuple[str, ...]
    stale_from: datetime

    def grown_stale(self) -> Self:
        """Return what it says when its sign-in is no longer fresh."""
        return replace(self, caller=replace(self.caller, is_fresh=False), stale_from=NEVER)


class Verifier:
    """Checks tokens: signature, algorithm, type, issuer, audience, times, whom they name, and that none is revoked."""

    revocations: Revocations | None = None

    def __init__(
        self,
        keys: IssuerKeys,
        issuer: str,
        audience: str,
        clock: Clock,
        revocations: Revocations | None = None,
        roles: RoleLookup | None = None,
    ) -> None:
        self.keys = keys
        self.roles = roles
        self.clock = clock
        self.revocations = revocations
        self.remembered: OrderedDict[bytes, KnownToken] = OrderedDict()
        self.claims = JWTClaimsRegistry(
            now=lambda: int(clock().timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
            sub={"essential": True},
            client_id={"essential": True},
        )

    async def caller(self, headers: Mapping[bytes, bytes]) -> Caller:
        """Return who sent a request with these headers.

        Raises `TokenRefused`, `OrganizationIsSuspended`, and `TryLater` without keys or roles.
        """
        return (await self.check(_bearer(headers.get(b"authorization")))).caller

    async def check(self, token: bytes) -> KnownToken:
        """Return what a token says; raises as `caller` does."""
        known = self.remembered.get(token)
        if known is None:
            known = await self._verify(token)
            self._remember(token, known)
        else:
            self.remembered.move_to_end(token)
        now = self.clock()
        if known.expires <= now:
            raise TokenRefused("The token has expired: get a new one.")
        if known.stale_from <= now:
            known = self.remembered[token] = known.grown_stale()
        if self.revocations is not None:
            await self.revocations.refresh()
            if known.caller.kind != "operator" and self.is_suspended(known.caller.tenant):
                raise OrganizationIsSuspended
            if known.claims.iat <= self.revocations.until(*known.accesses):
                raise TokenRefused("The token was revoked: sign in again, or get a new one.")
        return known

    async def refresh(self) -> None:
        """Know what is revoked and suspended now, for who shows no token; raises `TryLater`."""
        if self.revocations is not None:
            await self.revocations.refresh()

    def is_suspended(self, tenant: str) -> bool:
        """Whether an organization is suspended, as far as was known at the last look."""
        return self.revocations is not None and tenant in self.revocations.suspended

    async def _verify(self, token: bytes) -> KnownToken:
        """What the token says."""
        try:
            kid = _key_id(token)
            key = await self.keys.get(kid)
            if key is None:
                raise TokenRefused("The token is signed with a key that is not the issuer's: get a new one.")
            claims = read_signed(token, key)
            self.claims.validate(claims)
            found = Claims.model_validate(claims)
        except ExpiredTokenError as error:
            raise TokenRefused("The token has expired: get a new one.") from error
        except UNREADABLE as error:
            raise _not_valid() from error
        caller, expires = _caller(found), datetime.fromtimestamp(found.exp + LEEWAY, UTC)
        if found.many:
            caller = await self._with_roles(caller)
        return KnownToken(caller, found, expires, tuple(found.accesses()), stale_from(found.kind, found.auth_time))

    async def _with_roles(self, caller: Caller) -> Caller:
        """The caller with the roles that the token has no room for, read once for each token."""
        if self.roles is None:
            raise _not_valid()
        roles = await self.roles.roles_of(caller.tenant, caller.subject, caller.role_changes)
        return replace(caller, roles=roles)

    def _remember(self, token: bytes, known: KnownToken) -> None:
        self.remembered[token] = known
        if len(self.remembered) > REMEMBERED:
            self.remembered.popitem(last=False)


def _bearer(authorization: bytes | None) -> bytes:
    if authorization is None:
        raise TokenRefused("A token is needed: send the header Authorization: Bearer <token>.", 'Bearer realm="ithaca"')
    scheme, _, token = authorization.partition(b" ")
    if scheme.lower() != b"bearer" or not token:
        raise TokenRefused("The header must read Authorization: Bearer <token>.", 'Bearer realm="ithaca"')
    return token


def _key_id(token: bytes) -> str:
    header = read_header(token)
    kid, kind = header.get("kid"), header.get("typ")
    if not isinstance(kid, str) or not isinstance(kind, str) or kind.lower() not in TYPES:
        raise _not_valid()
    return kid


def _not_valid() -> TokenRefused:
    # Which of the checks failed helps only somebody who makes tokens up.
    return TokenRefused("The token is not one that this service accepts: get a new one at /oauth/token.")


def _caller(claims: Claims) -> Caller:
    """Whom a token names, and as what, as long as their sign-in is fresh."""
    roles, scopes = frozenset(claims.roles), frozenset(claims.scope.split(" ") if claims.scope else ())
    caller = Caller(claims.tenant, claims.kind, claims.sub, roles, scopes)
    return replace(caller, role_changes=claims.role_changes, link=claims.link)


async def current_caller(request: Request) -> Caller:
    """Return who asks for something of a tenant; raises `TenantMissing`."""
    caller: Caller = request.scope["caller"]
    if not caller.tenant:
        raise TenantMissing
    return caller


CurrentCaller = Annotated[Caller, Depends(current_caller)]
