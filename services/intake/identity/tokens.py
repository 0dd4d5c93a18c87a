"""Access tokens (RFC 9068): signed, short-lived, for one caller in one tenant; and refresh tokens for what follows."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

from joserfc import jwt
from pydantic import BaseModel, Field

from services.intake.identity.keys import SigningKeys
from services.intake.identity.model.access import Session
from services.intake.settings import IntakeSettings
from shared.clock import Clock
from shared.ids import TENANT
from shared.web.auth import Caller
from shared.web.signed import ALGORITHM

LIFETIME = timedelta(minutes=5)
MOST_ROLES_BYTES = 4096
"""Of the roles in a token: more of them are looked up by whoever is shown it."""
SIGN_IN = "sign-in"
"""The client of people who have signed in."""


class AccessToken(BaseModel):
    """A token in the form that OAuth gives it (RFC 6749, 5.1)."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - how it is used, not what it is
    expires_in: int = Field(description="Seconds until it expires")


class ClientToken(AccessToken):
    """A token of a client, which says what it is for."""

    scope: str = Field(description="The scopes, with a space between")


class ExchangedToken(AccessToken):
    """A token of a person, made for a front end of their organization (RFC 8693, 2.2.1)."""

    issued_token_type: str


class SignedIn(AccessToken):
    """Tokens of a person who has signed in."""

    refresh_token: str = Field(description="For /oauth/token with grant_type=refresh_token, which gives the next one")


class RefreshToken(NamedTuple):
    """One of the refresh tokens of a session, as far as it is no secret: they are counted.

    That of an operator has no tenant, and their name instead of a person's id.
    """

    tenant: str
    person_id: str
    session_id: str
    generation: int

    @property
    def about(self) -> tuple[str, ...]:
        """What its secret is derived from."""
        return "refresh", self.tenant, self.person_id, self.session_id, str(self.generation)


@dataclass(slots=True, frozen=True)
class Tokens:
    """Issues tokens with the key whose turn it is."""

    settings: IntakeSettings
    keys: SigningKeys
    clock: Clock

    def issue(self, caller: Caller, client_id: str) -> AccessToken:
        """Issue a token for the caller, at the request of that client."""
        token = AccessToken(access_token=self._signed(caller, client_id, {}), expires_in=_seconds(LIFETIME))
        return ClientToken(**token.model_dump(), scope=_written(caller.scopes)) if caller.scopes else token

    def acting(self, operator: Caller, until: int) -> AccessToken:
        """Issue a token for an operator who acts in an organization, until the one ends that they have shown."""
        signed = self._signed(operator, SIGN_IN, {"exp": until})
        return AccessToken(access_token=signed, expires_in=max(0, until - int(self.clock().timestamp())))

    def made_for(self, person: Caller, client_id: str, kind: str) -> ExchangedToken:
        """Issue a token of a person for a front end, which it names as who acts (RFC 8693, 4.1)."""
        signed = self._signed(person, client_id, {"act": {"sub": client_id}})
        return ExchangedToken(access_token=signed, expires_in=_seconds(LIFETIME), issued_token_type=kind)

    def sign_in(self, person: Caller, session: Session) -> SignedIn:
        """Issue the tokens of a session: it says how and when the person signed in, whenever that is asked."""
        told: dict[str, object] = {"sid": session.id, "amr": list(session.signed_in_by)}
        if session.shown_at is not None:
            told["auth_time"] = int(session.shown_at.timestamp())
        token = RefreshToken(person.tenant, person.subject, session.id, session.generation)
        secret = self.settings.sign_in_secrets.secret(*token.about)
        return SignedIn(
            access_token=self._signed(person, SIGN_IN, told, session.not_before),
            expires_in=_seconds(LIFETIME),
            refresh_token=".".join((*token.about[1:], secret)),
        )

    def known_refresh_token(self, shown: str) -> RefreshToken | None:
        """Return which refresh token that is; None if it is none that was ever issued."""
        match shown.split("."):
            case [tenant, person_id, session_id, generation, secret] if (
                (not tenant or TENANT.fullmatch(tenant))
                and generation.isascii()
                and generation.isdigit()
                and len(generation) < 10
            ):
                token = RefreshToken(tenant, person_id, session_id, int(generation))
                return token if self.settings.sign_in_secrets.knows(secret, *token.about) else None
        return None

    def _signed(
        self, caller: Caller, client_id: str, told: dict[str, object], not_before: datetime | None = None
    ) -> str:
        """Sign a token; it is of a later second than what was revoked until `not_before`."""
        revoked = int(not_before.timestamp()) if not_before else 0
        at = self.clock()
        now, key = max(int(at.timestamp()), revoked + 1), self.keys.signing(at)
        claims: dict[str, object] = {
            "iss": self.settings.issuer,
            "aud": self.settings.audience,
            "sub": caller.subject,
            "client_id": client_id,
            "jti": str(uuid4()),
            "iat": now,
            "exp": now + _seconds(LIFETIME),
            "kind": caller.kind,
            **told,
        }
        if caller.tenant:
            claims["tenant"] = caller.tenant
        claims |= _roles(caller)
        if caller.scopes:
            claims["scope"] = _written(caller.scopes)
        if caller.link:
            claims["link"] = caller.link
        return jwt.encode({"alg": ALGORITHM, "typ": "at+jwt", "kid": key.kid}, claims, key)


def _roles(caller: Caller) -> dict[str, object]:
    """What a token says of roles: which, or if they are too many, after how many changes they are to be looked up."""
    names = sorted(caller.roles)
    if caller.role_changes and len(json.dumps(names)) > MOST_ROLES_BYTES:
        return {"many": True, "role_changes": caller.role_changes}
    return {"roles": names} if names else {}


def _written(scopes: Iterable[str]) -> str:
    return " ".join(sorted(scopes))


def _seconds(time: timedelta) -> int:
    return int(time.total_seconds())
