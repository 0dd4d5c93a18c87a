"""What the cell that pages are tried on runs on."""

from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from shared.engine.memory.bus import MemoryBus
from shared.engine.ports.bus import Bus
from shared.engine.ports.store import Store
from tests.services.console.outages import Database


class Backing(NamedTuple):
    """What a cell of that name runs on: what makes its brokers' connections, and the database of a service."""

    name: str
    bus: Callable[[], Bus]
    store: Callable[[str], Store]


def in_memory() -> Backing:
    """Broker and databases in memory."""
    stores, bus = defaultdict[str, Store](Database), MemoryBus()
    return Backing("console", lambda: bus, stores.__getitem__)
