"""The seal of a trail's end: only a process with the key can have written it, and it is renewed each hour.

So whoever can write to the database, and has no key, can neither remove the last lines with their head, nor put another
trail in the place of one. A head that is set back to what it was is known by the age of its seal.
"""

import hmac
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from pydantic import BaseModel, Field

from shared.clock import rfc3339
from shared.trail.chain import Head
from shared.trail.line import At

RENEWED = timedelta(hours=1)
STALE = 3 * RENEWED
"""When a seal should have been renewed, however busy everybody is."""


NOT_OURS = "the head was not written by this service: lines at the end, or all of them, were removed or are others"
UNSEALED = "the head has no seal: it was taken off, or no worker has been at work since seals were set up"
SET_BACK = (
    "the head was sealed last at {}, and is sealed anew each hour: it was set back to what it was then, or no worker "
    "has been at work since"
)


class Seal(BaseModel, frozen=True):
    """A seal as it stands in the head: the code, the name of its key, when it was set, and from which line on."""

    key: str
    at: At
    since: int
    code: str


class SealState(StrEnum):
    """What the seal of a head says; `off` where the service has no key for it."""

    GOOD = "good"
    WRONG = "wrong"
    MISSING = "missing"
    OFF = "off"


class Sealed(BaseModel, frozen=True):
    """Whether the end of a trail is as the service has left it."""

    state: SealState = SealState.OFF
    at: At | None = Field(None, description="When it was sealed last: each hour, and with each line")
    since: int | None = Field(None, description="The first line that was there when its end was sealed first")

    def breaks(self, head: Head, now: datetime) -> list[str]:
        """Return what is wrong with the end of a trail, a sentence each."""
        if self.state is SealState.WRONG:
            return [NOT_OURS]
        if self.state is SealState.MISSING and head.number:
            return [UNSEALED]
        return [SET_BACK.format(rfc3339(self.at))] if self.at is not None and now - self.at > STALE else []


class Seals:
    """Seals and checks the ends of the trails of a service, with the first of its `keys` and with all of them."""

    def __init__(self, keys: Sequence[bytes] = (), service: str = "") -> None:
        derived = [sha256(b"ithaca audit trail" + key).digest() for key in keys]
        self.keys = {sha256(key).hexdigest()[:8]: key for key in derived}
        self.service = service

    def set(self, tenant: str, head: Head, at: datetime, since: int) -> Seal | None:
        """Seal a head; None without a key."""
        for name in self.keys:
            return Seal(key=name, at=at, since=since, code=self._code(name, tenant, head, at, since))
        return None

    def look(self, tenant: str, head: Head, seal: Seal | None) -> Sealed:
        """Look at the seal of a head."""
        if not self.keys:
            return Sealed()
        if seal is None:
            return Sealed(state=SealState.MISSING)
        code = self._code(seal.key, tenant, head, seal.at, seal.since) if seal.key in self.keys else ""
        is_good = hmac.compare_digest(code.encode(), seal.code.encode())
        return Sealed(state=SealState.GOOD if is_good else SealState.WRONG, at=seal.at, since=seal.since)

    def _code(self, key: str, tenant: str, head: Head, at: datetime, since: int) -> str:
        said = [self.service, tenant, head.number, head.hash, head.first, head.before, rfc3339(at), since]
        return hmac.new(self.keys[key], json.dumps(said).encode(), sha256).hexdigest()
