"""Records that nobody could have published, and that come all the same: what each of them must lead to."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from shared.contracts.engine import MessageDeadLettered
from tests.simulation.broker import FaultyBus
from tests.simulation.ledger.accounts import Deposited

Header = tuple[str, bytes]

ATTRIBUTES = {
    "ce_specversion": b"1.0",
    "ce_id": b"x",
    "ce_source": b"vandal",
    "ce_time": b"2027-01-01T00:00:00Z",
    "ce_tenant": b"acme",
    "ce_subject": b"account/x",
}


@dataclass(slots=True, frozen=True)
class Unreadable:
    """A record, and how many dead letters there are of it in the end."""

    value: bytes | None
    headers: Sequence[Header]
    letters: int


def _record(value: bytes | None, letters: int, **changed: bytes | None) -> Unreadable:
    attributes = ATTRIBUTES | {f"ce_{name}": header for name, header in changed.items()}
    return Unreadable(value, [(name, header) for name, header in attributes.items() if header is not None], letters)


WANTED, UNKNOWN = Deposited.type_name.encode(), b"org.ithaca.never.heard.of.v1"
ANNOUNCED = MessageDeadLettered.type_name.encode()

KINDS = (
    Unreadable(b"x", (), 1),
    _record(b"{}", 1, type=WANTED, specversion=None),
    _record(b"{}", 1, type=WANTED, tenant=b"\xff"),
    _record(b"{}", 1, type=WANTED, tenant=b"-"),
    _record(b"{}", 1, type=WANTED, time=b"yesterday"),
    _record(None, 1, type=WANTED),
    _record(b"x", 1, type=WANTED),
    _record(b'{"account_id": 7}', 1, type=WANTED),
    _record(b"{}", 0, type=UNKNOWN),
    _record(b"{}", 0, type=UNKNOWN, tenant=b"-"),
    _record(b"{}", 0, type=ANNOUNCED, tenant=b"-"),
    _record(None, 0, type=ANNOUNCED),
)


class Vandals:
    """Put records that cannot be read among the others; `letters` is how many must be buried for them."""

    def __init__(self, bus: FaultyBus, topic: str, random: Random) -> None:
        self.bus, self.topic, self.random = bus, topic, random
        self.letters = 0

    async def live(self, count: int) -> None:
        """So many of them, at any time."""
        for _ in range(count):
            await asyncio.sleep(self.random.uniform(0, 2.0))
            kind = self.random.choice(KINDS)
            key = b"" if self.random.random() < 0.5 else b"acme/account/a0"
            self.bus.append(self.topic, key, kind.value, kind.headers)
            self.letters += kind.letters
