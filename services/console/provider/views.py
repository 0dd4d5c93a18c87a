"""What pages read of the organization's provider."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.console.api import Shown


class Rule(Shown):
    """Whoever has a value of a claim has a role."""

    claim: str
    value: str
    role: str
    program_id: str | None = None


class FrontEnd(Shown):
    """A front end that exchanges the provider's tokens."""

    client_id: str
    audience: str


class Provider(Shown):
    """The provider, without what is secret; all empty if there is none."""

    issuer: str | None = None
    client_id: str | None = None
    method: str | None = None
    domains: Sequence[str] = ()
    scopes: Sequence[str] = ()
    rules: Sequence[Rule] = ()
    front_ends: Sequence[FrontEnd] = ()
    has_secret: bool = False
    jwks: Mapping[str, Sequence[Any]] = {}  # keys as the provider takes them
    redirect_uri: str = ""


class Finding(Shown):
    """One thing that was looked at."""

    about: str
    is_fine: bool
    detail: str
    remedy: str = ""
    keeps_out: bool = False


class Trial(Shown):
    """What was found, in its order."""

    is_usable: bool = False
    is_reachable: bool = False
    findings: Sequence[Finding] = ()
    roles: Sequence[str] = ()
    sign_in_url: str | None = None
    redirect_uri: str = ""
