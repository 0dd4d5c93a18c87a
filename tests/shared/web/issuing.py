"""An issuer of tokens for tests, and of tokens that are wrong in one way each."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from shared.clock import Clock, system_clock
from shared.engine.authoring.scopes import ALL
from shared.web.auth import Verifier
from shared.web.issuer_keys import IssuerKeys
from shared.web.role_lookup import RoleLookup

ISSUER, AUDIENCE = "https://intake.test", "ithaca"


class Issuer:
    """Signs tokens with its newest key; counts how often its keys are fetched."""

    def __init__(self, clock: Clock = system_clock) -> None:
        self.clock = clock
        self.keys: list[ECKey] = []
        self.fetched = 0
        self.is_away = False
        self.rotate()

    def rotate(self) -> ECKey:
        """From now on, sign with a new key."""
        self.keys.append(ECKey.generate_key("P-256", auto_kid=True))
        return self.keys[-1]

    async def fetch(self) -> bytes:
        """The key set, as the edge fetches it."""
        self.fetched += 1
        await asyncio.sleep(0)  # others go on meanwhile, as they do while a network answers
        if self.is_away:
            raise ConnectionRefusedError("away")
        return json.dumps(KeySet(list(self.keys)).as_dict()).encode()

    def verifier(self, roles: RoleLookup | None = None) -> Verifier:
        """What trusts this issuer, and looks up roles for which a token has no room."""
        return Verifier(IssuerKeys(self.fetch, self.clock), ISSUER, AUDIENCE, self.clock, roles=roles)

    def claims(self, **changed: Any) -> dict[str, Any]:
        """Claims of a valid token of a person in acme, or of a client with all scopes; None leaves a claim out."""
        now = int(self.clock().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "p1",
            "client_id": "sign-in",
            "jti": "t1",
            "iat": now,
            "exp": now + 900,
            "kind": "person",
            "tenant": "acme",
            "auth_time": now,
        }
        if changed.get("kind") == "client":
            claims["scope"] = ALL
        return {name: value for name, value in (claims | changed).items() if value is not None}

    def token(self, header: dict[str, Any] | None = None, key: ECKey | None = None, **changed: Any) -> str:
        """A token; valid unless something is changed."""
        key = key or self.keys[-1]
        full = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid} | (header or {})
        return jwt.encode(full, self.claims(**changed), key)


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2027, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)
