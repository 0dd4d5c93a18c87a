"""The secrets of a mail that signs somebody in: derived, by who writes the mail and by who is shown them.

Both have a key in common, and the request has an id. So no secret stands in an event, on a topic, in a database, in a
dead letter or in a log, and the mail is the same each time that it is sent.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import NamedTuple

from pydantic import Field, SecretStr

from shared.settings import KeyRing, Settings, keys_in

CODES = 1_000_000
"""How many codes of six digits there are."""


class SignInSettings(Settings):
    """The settings of a service that sends the mail, or is shown what it says."""

    sign_in_key: KeyRing = Field(
        default=SecretStr(""),
        description="What the links and codes of sign-in mails are derived from, the same for intake and notify: 32 "
        "bytes in base64; behind commas, older keys that still count. Without it nobody signs in by e-mail",
    )

    @property
    def sign_in_secrets(self) -> "SignInSecrets":
        """What derives the secrets."""
        return SignInSecrets(keys_in(self.sign_in_key))


class Requested(NamedTuple):
    """Which request to sign in the secrets are for."""

    tenant: str
    id: str


class AddressAsked(NamedTuple):
    """Which change of an address the secrets are for."""

    tenant: str
    person_id: str
    change_id: str


class Action(NamedTuple):
    """What the link of a mail is for and about, whose it is, and the second until which it opens anything."""

    purpose: str
    tenant: str
    person_id: str
    about: str
    until: str


class SignInSecrets:
    """Derives with the first of its keys, and knows again what any of them has derived."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self.keys = keys

    @property
    def are_set_up(self) -> bool:
        """Whether there is a key at all."""
        return bool(self.keys)

    def link(self, request: Requested) -> str:
        """Return what the link in the mail ends with: the request, and 256 bits that nobody can guess."""
        return ".".join((*request, self.secret("link", *request)))

    def is_link(self, secret: str, request: Requested) -> bool:
        """Whether that is the end of the request's link."""
        return self.knows(secret, "link", *request)

    def code(self, request: Requested) -> str:
        """Return the six digits in the mail."""
        return _code(self.keys[0], "code", *request)

    def is_code(self, digits: str, request: Requested) -> bool:
        """Whether these are the request's digits."""
        return any(_are_equal(digits, _code(key, "code", *request)) for key in self.keys)

    def address_link(self, asked: AddressAsked) -> str:
        """Return what the link in the mail to a new address ends with."""
        return ".".join((*asked, self.secret("address link", *asked)))

    def is_address_link(self, secret: str, asked: AddressAsked) -> bool:
        """Whether that is the end of the link of that change."""
        return self.knows(secret, "address link", *asked)

    def address_code(self, asked: AddressAsked) -> str:
        """Return the six digits in the mail to a new address."""
        return _code(self.keys[0], "address code", *asked)

    def is_address_code(self, digits: str, asked: AddressAsked) -> bool:
        """Whether these are the digits of that change."""
        return any(_are_equal(digits, _code(key, "address code", *asked)) for key in self.keys)

    def action_link(self, action: Action) -> str:
        """Return what the link in a mail ends with by which somebody acts without signing in."""
        return ".".join((*action, self.secret("action link", *action)))

    def action_of(self, link: str) -> Action | None:
        """Return what such a link is for; None if nobody has made it."""
        *parts, secret = link.split(".")
        if len(parts) != len(Action._fields) or not self.knows(secret, "action link", *parts):
            return None
        return Action(*parts)

    def secret(self, *about: str) -> str:
        """Return 256 bits for what these words name."""
        return _secret(self.keys[0], *about)

    def knows(self, secret: str, *about: str) -> bool:
        """Whether that is the secret of what these words name."""
        return any(_are_equal(secret, _secret(key, *about)) for key in self.keys)


def _secret(key: bytes, *about: str) -> str:
    return urlsafe_b64encode(_derived(key, *about)).decode().rstrip("=")


def _code(key: bytes, *about: str) -> str:
    return f"{int.from_bytes(_derived(key, *about)) % CODES:06}"


def _derived(key: bytes, *about: str) -> bytes:
    return hmac.digest(key, "\0".join(("ithaca sign-in", *about)).encode(), "sha256")


def _are_equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
