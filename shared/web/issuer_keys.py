"""The public keys of the issuer (JWKS, RFC 7517): fetched when first needed, when old, and for an unknown key id."""

import asyncio
import urllib.request
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import ECKey
from pydantic import BaseModel, ValidationError

from shared.clock import Clock
from shared.errors import TryLater

JWKS_PATH = "/.well-known/jwks.json"
FRESH = timedelta(minutes=5)
"""How long fetched keys are taken as they are: a key that the issuer withdraws is trusted no longer than this."""
PAUSE = timedelta(seconds=2)
"""The shortest time between two fetches: tokens with invented key ids do not become a flood at the issuer."""
TIMEOUT = 5
"""Seconds for one fetch."""
LARGEST = 1_000_000
"""Bytes of a key set, far above any real one."""

Fetch = Callable[[], Coroutine[Any, Any, bytes]]


class _KeySet(BaseModel):
    keys: list[dict[str, str | list[str]]]


def fetch_from(issuer: str) -> Fetch:
    """Return how the issuer's keys are read over HTTP; raises OSError when they cannot be."""
    # The issuer is a part of this system: a proxy for the world outside has no place between.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def read() -> bytes:
        with opener.open(issuer + JWKS_PATH, timeout=TIMEOUT) as answer:
            return bytes(answer.read(LARGEST))

    return lambda: asyncio.to_thread(read)


class IssuerKeys:
    """The keys by their ids. However many ask, there is one fetch at a time."""

    def __init__(self, fetch: Fetch, clock: Clock) -> None:
        self.fetch = fetch
        self.clock = clock
        self.keys: dict[str, ECKey] = {}
        self.asked: datetime | None = None
        self.fetched: datetime | None = None
        self.fetching = asyncio.Lock()

    async def get(self, kid: str) -> ECKey | None:
        """Return the key, None if the issuer has none with that id; raises `TryLater` while the keys cannot be read."""
        async with self.fetching:
            if self._is_due(kid):
                await self._fetch()
        if not self._is_fresh:
            raise TryLater("The issuer's keys cannot be read now, so no token can be checked: try again.")
        return self.keys.get(kid)

    @property
    def _is_fresh(self) -> bool:
        return self.fetched is not None and self.clock() < self.fetched + FRESH

    def _is_due(self, kid: str) -> bool:
        if self._is_fresh and kid in self.keys:
            return False
        return self.asked is None or self.clock() >= self.asked + PAUSE

    async def _fetch(self) -> None:
        self.asked = self.clock()
        try:
            found = _KeySet.model_validate_json(await self.fetch())
        except (OSError, ValidationError) as error:
            raise TryLater("The issuer's keys cannot be read now, so no token can be checked: try again.") from error
        self.keys = {str(key["kid"]): ECKey.import_key(key) for key in found.keys if _is_ours(key)}
        self.fetched = self.asked


def _is_ours(key: dict[str, str | list[str]]) -> bool:
    """A set may hold keys of other kinds, for other readers."""
    return "kid" in key and key.get("kty") == "EC" and key.get("crv") == "P-256" and key.get("use", "sig") == "sig"
