"""What a browser's cookie says: a key for each organization in which somebody is signed in there, in use or not."""

from collections.abc import Sequence

from services.console.settings import ConsoleSettings
from shared.ids import TENANT
from shared.web.trail.drafts import DEPLOYMENT

BETWEEN = "~"
MOST = 5
"""Organizations in which one browser is signed in at once."""


def keys_in(cookie: str) -> list[str]:
    """Return the keys of a cookie, each `<organization>.<secret>`; the first is in use."""
    return [one for one in cookie.split(BETWEEN)[:MOST] if tenant_of(one)]


def joined(keys: Sequence[str]) -> str:
    """Return a cookie with these keys."""
    return BETWEEN.join(keys)


def tenant_of(key: str) -> str:
    """Return the organization that a key is for, that of operators being none; nothing if it is no key."""
    tenant, _, secret = key.partition(".")
    return tenant if secret and (TENANT.fullmatch(tenant) or tenant == DEPLOYMENT) else ""


def cookie_name(settings: ConsoleSettings) -> str:
    """Return what the cookie of a session is called: by HTTPS, no other host and no other path can set it."""
    return "__Host-session" if settings.is_encrypted else "session"
