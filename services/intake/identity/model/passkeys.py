"""The passkeys of a person: keys in devices of theirs, of which the public halves are here (WebAuthn)."""

import hashlib
from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from shared.contracts.access import PasskeyAdded, PasskeyRemoved
from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import NotFound, Refusal
from shared.ids import TENANT, PersonId

MOST = 10
"""Passkeys of one person."""
MOST_CHALLENGES = 100
"""That one person may use up within the few minutes that each of them lasts."""
HANDLE_BYTES = 16


class TooManyPasskeys(Refusal):
    """Nobody needs more."""

    def __init__(self) -> None:
        super().__init__(f"You have {MOST} passkeys already: remove one that you do not use first.")


class PasskeyAddedAlready(Refusal):
    """The device has one for this person."""

    def __init__(self) -> None:
        super().__init__("This passkey is among yours already: sign in with it.")


class LastPasskey(Refusal):
    """Without it, an admin could not get in any more as what they are."""

    def __init__(self) -> None:
        super().__init__(
            "Admins of your organization sign in with a passkey, and this is your last one: add another one first."
        )


class Passkey(BaseModel):
    """One passkey. `credential` and `public_key` are in base64url, as the device gave them.

    `is_synced` is whether it may be on several devices, `is_backed_up` whether it is. `uses` is what the device counts:
    0 if it does not count.
    """

    id: str
    name: str
    credential: str
    public_key: str
    uses: int = 0
    is_synced: bool = False
    is_backed_up: bool = False
    added_at: datetime
    used_at: datetime | None = None

    def is_used_in_order(self, uses: int) -> bool:
        """Whether the device has counted on since the last time: a copy of the key would count on its own."""
        return uses > self.uses or (uses == self.uses == 0)


class Handle(BaseModel, frozen=True):
    """Whose a passkey is, as a device keeps it and shows it where nobody has said who they are: no name, no address.

    It has 64 bytes at most (WebAuthn, 5.4.3): of the person there is only a hash in it.
    """

    tenant: str
    passkeys_id: str

    @classmethod
    def read(cls, shown: bytes) -> Self | None:
        """Read what a device shows; None if it is nobody's here."""
        tenant, _, id = shown.decode(errors="replace").partition(".")
        return cls(tenant=tenant, passkeys_id=id) if TENANT.fullmatch(tenant) and id else None

    def written(self) -> bytes:
        """Return it as a device keeps it."""
        return f"{self.tenant}.{self.passkeys_id}".encode()


class Passkeys(Aggregate, name="passkeys"):
    """All passkeys of one person, and the challenges that were used up with them lately.

    Its id follows from the person's, and tells nobody who that is.
    """

    person_id: str = ""
    all: list[Passkey] = []
    challenges: dict[str, datetime] = {}
    changes: int = 0

    @staticmethod
    def id_of(person_id: str) -> str:
        """The id of a person's passkeys."""
        return urlsafe_b64encode(hashlib.sha256(person_id.encode()).digest()[:HANDLE_BYTES]).decode().rstrip("=")

    def by_credential(self, credential: str) -> Passkey | None:
        """Return the one that a device names so."""
        return next((one for one in self.all if one.credential == credential), None)

    def use_up(self, challenge: str, until: datetime, at: datetime) -> bool:
        """Note that a challenge was used; returns False if that was so before, or if there are too many at once."""
        self.challenges = {one: ends for one, ends in self.challenges.items() if ends > at}
        if challenge in self.challenges or len(self.challenges) >= MOST_CHALLENGES:
            return False
        self.challenges[challenge] = until
        return True

    def add(self, person_id: str, passkey: Passkey) -> list[Event]:
        """Add one; raises `TooManyPasskeys`, `PasskeyAddedAlready`."""
        if self.by_credential(passkey.credential) is not None:
            raise PasskeyAddedAlready
        if len(self.all) >= MOST:
            raise TooManyPasskeys
        self.person_id, self.changes = person_id, self.changes + 1
        self.all.append(passkey)
        return [PasskeyAdded(passkeys_id=self.id, person_id=PersonId(person_id), changes=self.changes)]

    def rename(self, id: str, name: str) -> None:
        """Call one otherwise; raises `NotFound`."""
        self._one(id).name = name

    def remove(self, id: str, is_needed: bool) -> list[Event]:
        """Remove one, unless it is the last of somebody who needs one; raises `NotFound`, `LastPasskey`."""
        removed = self._one(id)
        if is_needed and len(self.all) == 1:
            raise LastPasskey
        return self._keep([one for one in self.all if one is not removed])

    def remove_all(self) -> list[Event]:
        """Remove whatever there is."""
        return self._keep([]) if self.all else []

    def forget(self) -> int:
        """Keep none, and say so to nobody who has no card any more; returns how many there were."""
        ended, self.all, self.challenges = len(self.all), [], {}
        return ended

    def use(self, credential: str, uses: int, is_backed_up: bool, at: datetime) -> bool:
        """Note that one was used; returns False if it is not there, or if its device has counted backwards."""
        passkey = self.by_credential(credential)
        if passkey is None or not passkey.is_used_in_order(uses):
            return False
        passkey.uses, passkey.is_backed_up, passkey.used_at = uses, is_backed_up, at
        return True

    def _keep(self, left: list[Passkey]) -> list[Event]:
        self.all, self.changes = left, self.changes + 1
        removed = PasskeyRemoved(
            passkeys_id=self.id, person_id=PersonId(self.person_id), changes=self.changes, left=len(left)
        )
        return [removed]

    def _one(self, id: str) -> Passkey:
        for passkey in self.all:
            if passkey.id == id:
                return passkey
        raise NotFound.of("passkey", id)
