"""Secrets that are handed out once: 256 random bits, of which only a hash is kept.

Nobody can guess so many bits, so a fast hash is enough: slow ones are for passwords that people think up. A credential
names its tenant, since whoever presents it has no token yet.
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
    """Make a secret for a URL or a header."""
    return secrets.token_urlsafe(BYTES)


def hashed(secret: str) -> str:
    """Hash a secret: what is kept of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def are_equal(one: str, other: str) -> bool:
    """Whether two hashes or secrets are equal, in a time that reveals nothing about where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def owner(text: str) -> Owner | None:
    """Read the owner in `<tenant>.<id>`; None if it names none."""
    tenant, _, id = text.partition(".")
    return Owner(tenant, id) if TENANT.fullmatch(tenant) and id else None
