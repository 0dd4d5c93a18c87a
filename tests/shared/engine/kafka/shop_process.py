"""A worker of the shop on a real database and broker, to be killed: `python -m tests.shared.engine.kafka.shop_process`.

Arguments: the database's address and name, the broker's address, the cell, and the worker's name. It ends with its
input, that is with whoever has started it, and at an event whose number is `POISON`.
"""

import asyncio
import os
import sys
from random import SystemRandom
from typing import Annotated

from shared.clock import system_clock
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.execution.executor import Limits
from shared.engine.kafka.bus import KafkaBus
from shared.engine.mongo.store import MongoStore
from shared.engine.process.engine import Engine, ProcessOptions
from tests.shared.engine.shop import Ledger, Sold, of_till, service

POISON = 1_000_000


def noting() -> Handlers:
    """Notes what was sold, or ends the process as a fault in a library does it."""
    handlers = Handlers()

    @handlers.on("note")
    def note(event: Sold, ledger: Annotated[Ledger, create(of_till("note"))]) -> None:
        if event.number == POISON:
            os._exit(1)
        ledger.numbers.append(event.number)

    return handlers


def engine(mongo_url: str, database: str, bootstrap: str, cell: str, owner: str) -> Engine:
    """A process of the shop."""
    options = ProcessOptions(owner, cell, lease_seconds=5.0, partitions=4)
    store, bus = MongoStore(mongo_url, database), KafkaBus(bootstrap, owner=owner)
    return Engine(service(noting()), store, bus, system_clock, SystemRandom(), options, Limits())


async def main() -> None:
    """Work until killed."""
    worker = engine(*sys.argv[1:])
    await worker.start()
    await asyncio.to_thread(sys.stdin.read)
    os._exit(1)  # as if killed


if __name__ == "__main__":
    asyncio.run(main())
