"""Secrets that are handed out once: 256 random bits, of which only a hash is kept.

A guess at so many bits is hopeless, so that a fast hash serves: the slow ones are for what people think up. What is
handed out names its tenant, since it is shown by somebody who has no token yet.
"""

import hashlib
import hmac
import secrets
from typing import NamedTuple

from shared.ids import TENANT

BYTES = 32


class Owner(NamedTuple):
    """Whose credential it is: something with an id in a tenant."""

    tenant: str
    id: str


def new_secret() -> str:
    """A secret for a URL or a header."""
    return secrets.token_urlsafe(BYTES)


def hashed(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def are_equal(one: str, other: str) -> bool:
    """Whether two hashes or secrets are equal, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def owner(text: str) -> Owner | None:
    """The owner in `<tenant>.<id>`; None if it names none."""
    tenant, _, id = text.partition(".")
    return Owner(tenant, id) if TENANT.fullmatch(tenant) and id else None
