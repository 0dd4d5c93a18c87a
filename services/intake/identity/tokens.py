"""Access tokens (RFC 9068): signed, short-lived, for one caller in one tenant."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from joserfc import jwt
from pydantic import BaseModel, Field

from services.intake.identity.keys import SigningKeys
from services.intake.settings import IntakeSettings
from shared.clock import Clock
from shared.web.auth import ALGORITHM, Caller

LIFETIME = timedelta(minutes=15)


class AccessToken(BaseModel):
    """A token in the form that OAuth gives it (RFC 6749, 5.1)."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - how it is used, not what it is
    expires_in: int = Field(description="Seconds until it expires")


@dataclass(slots=True, frozen=True)
class Tokens:
    """Issues tokens with the newest key."""

    settings: IntakeSettings
    keys: SigningKeys
    clock: Clock

    def issue(self, caller: Caller, client_id: str) -> AccessToken:
        """Issue a token for the caller, at the request of that client."""
        now, key = int(self.clock().timestamp()), self.keys.newest
        lifetime = int(LIFETIME.total_seconds())
        claims: dict[str, object] = {
            "iss": self.settings.issuer,
            "aud": self.settings.audience,
            "sub": caller.subject,
            "client_id": client_id,
            "jti": str(uuid4()),
            "iat": now,
            "exp": now + lifetime,
            "kind": caller.kind,
        }
        if caller.tenant:
            claims["tenant"] = caller.tenant
        if caller.roles:
            claims["roles"] = sorted(caller.roles)
        if caller.scopes:
            claims["scope"] = " ".join(sorted(caller.scopes))
        header = {"alg": ALGORITHM, "typ": "at+jwt", "kid": key.kid}
        return AccessToken(access_token=jwt.encode(header, claims, key), expires_in=lifetime)
