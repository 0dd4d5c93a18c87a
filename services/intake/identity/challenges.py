"""What an authenticator signs: a challenge that says by itself until when it is good, and is good for one ceremony.

It is signed with the key of sign-ins, so that every process knows it again and none keeps it: to ask for one writes
nothing. What it is for is signed with it: the ceremony, the browser, and the person who adds a passkey. When one is
used up, that is noted where the passkey is.
"""

import re
import secrets
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel

from shared.clock import Clock
from shared.errors import Refusal
from shared.sign_in_secrets import SignInSecrets

LIFETIME = timedelta(minutes=5)
SIGN_IN, ADD = "sign-in", "add"
"""Ceremonies."""
BYTES = 16
WRITTEN = re.compile(rb"(?P<until>[0-9]{10})\.(?P<id>[A-Za-z0-9_-]{22})\.(?P<signature>[A-Za-z0-9_-]{43})")


class ChallengeRefused(Refusal):
    """The challenge is none of ours, is for something else, is too old, or was used."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            f"This took longer than {int(LIFETIME.total_seconds()) // 60} minutes, was done before, or was begun by "
            "somebody else or in another browser: begin again, in the browser that you want to use."
        )


class Challenge(BaseModel, frozen=True):
    """A challenge that is ours: nothing is to be taken for it after `until`, and nothing a second time."""

    id: str
    until: datetime


class Challenges:
    """Makes challenges, and knows them again. `about` is what one is for."""

    def __init__(self, secrets: SignInSecrets, clock: Clock) -> None:
        self.secrets = secrets
        self.clock = clock

    def make(self, *about: str) -> bytes:
        """Make one."""
        until, id = str(int((self.clock() + LIFETIME).timestamp())), secrets.token_urlsafe(BYTES)
        return ".".join((until, id, self.secrets.secret("passkey", until, id, *about))).encode()

    def known(self, shown: bytes, *about: str) -> Challenge:
        """Return which one that is; raises `ChallengeRefused`."""
        found = WRITTEN.fullmatch(shown)
        if found is None:
            raise ChallengeRefused
        until, id, signature = (part.decode() for part in found.groups())
        challenge = Challenge(id=id, until=datetime.fromtimestamp(int(until), UTC))
        if not self.secrets.knows(signature, "passkey", until, id, *about) or challenge.until <= self.clock():
            raise ChallengeRefused
        return challenge
