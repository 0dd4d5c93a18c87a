"""Other systems that act in a tenant."""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import BaseModel

from services.intake.identity.credentials import are_equal, hashed
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.scopes import SCOPES
from shared.errors import Refusal

FIRST = "first"
"""The id of the secret that a client is registered with."""
MOST_SECRETS = 2
"""At once: the one that is used, and the one that takes its place."""
MOST_ASSERTIONS = 1_000
"""That a client may show within the few minutes that each of them lasts."""

PublicKey = dict[str, str]
"""A public key as a JWK (RFC 7517)."""


class TwoSecrets(Refusal):
    """A client has two secrets already."""

    def __init__(self) -> None:
        super().__init__("This client has two secrets already: end the one that is no longer used.")


class LastCredential(Refusal):
    """Without it, a client could not get in any more."""

    def __init__(self) -> None:
        super().__init__("The client could not get in any more: give it another secret first, or disable it.")


class ClientDisabled(Refusal):
    """The client was disabled, for good."""

    def __init__(self) -> None:
        super().__init__("This client was disabled, which is for good: register another one.")


class ClientSecret(BaseModel):
    """A secret of a client, of which a hash is kept."""

    id: str
    hash: str
    made_at: datetime | None = None


class Client(Aggregate, name="client"):
    """A system with credentials of its own: secrets, of which only hashes are kept, or keys whose halves it has.

    `assertions` are what it has shown of its keys lately, with the time until which each could be shown again.
    One that was registered before there were scopes has all of them.
    """

    name: str = ""
    secret_hash: str = ""
    scopes: tuple[str, ...] | None = None
    later_secrets: list[ClientSecret] = []
    keys: list[PublicKey] = []
    disabled_at: datetime | None = None
    used_day: str = ""
    assertions: dict[str, datetime] = {}

    @property
    def used_on(self) -> date | None:
        """The day on which it was used last."""
        return date.fromisoformat(self.used_day) if self.used_day else None

    @property
    def secrets(self) -> list[ClientSecret]:
        """All secrets that count."""
        first = [ClientSecret(id=FIRST, hash=self.secret_hash)] if self.secret_hash else []
        return [*first, *self.later_secrets]

    def register(self, name: str, secret_hash: str, scopes: Sequence[str]) -> None:
        """Register the system: it can get tokens for these scopes from now on."""
        self.name, self.secret_hash, self.scopes = name, secret_hash, tuple(scopes)

    @property
    def granted(self) -> frozenset[str]:
        """The scopes that it has."""
        return frozenset(SCOPES if self.scopes is None else self.scopes)

    def rename(self, name: str) -> None:
        """Call it otherwise."""
        self._check_enabled()
        self.name = name

    def add_secret(self, secret: ClientSecret) -> None:
        """Give it another secret beside the one that it has; raises `TwoSecrets`."""
        self._check_enabled()
        if len(self.secrets) >= MOST_SECRETS:
            raise TwoSecrets
        self.later_secrets.append(secret)

    def end_secret(self, id: str) -> None:
        """Let a secret count no longer; raises `LastCredential`. One that is gone is gone."""
        self._check_enabled()
        left = [secret for secret in self.secrets if secret.id != id]
        if not left and not self.keys:
            raise LastCredential
        if id == FIRST:
            self.secret_hash = ""
        self.later_secrets = [secret for secret in self.later_secrets if secret.id != id]

    def trust(self, keys: list[PublicKey]) -> None:
        """Let it show who it is with the private halves of these keys, instead of those before; raises as above."""
        self._check_enabled()
        if not keys and not self.secrets:
            raise LastCredential
        self.keys = keys

    def disable(self, at: datetime) -> bool:
        """Let it in no more, for good; returns False if that was so before."""
        if self.disabled_at is not None:
            return False
        self.disabled_at, self.secret_hash, self.later_secrets, self.keys = at, "", [], []
        return True

    def has_secret(self, secret: str) -> bool:
        """Whether that is a secret of its."""
        shown = hashed(secret)
        return any([are_equal(one.hash, shown) for one in self.secrets])  # noqa: C419 - as long for each

    def use(self, on: date) -> None:
        """Note the day on which it was used last."""
        self.used_day = on.isoformat()  # the database has no days

    def show(self, assertion: str, until: datetime, at: datetime) -> bool:
        """Note what it has shown; returns False if that was shown before, or if too much is shown at once."""
        self.assertions = {one: ends for one, ends in self.assertions.items() if ends > at}
        if assertion in self.assertions or len(self.assertions) >= MOST_ASSERTIONS:
            return False
        self.assertions[assertion] = until
        return True

    def _check_enabled(self) -> None:
        if self.disabled_at is not None:
            raise ClientDisabled
