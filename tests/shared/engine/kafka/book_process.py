"""A worker of the book on a real database and broker, to be killed: `python -m tests.shared.engine.kafka.book_process`.

Arguments: the database's address and name, the broker's address, the cell, and the worker's name. It ends with its
input, that is with whoever has started it.
"""

import asyncio
import os
import sys
from random import SystemRandom

from shared.clock import system_clock
from shared.engine.execution.executor import Limits
from shared.engine.kafka.bus import KafkaBus
from shared.engine.mongo.store import MongoStore
from shared.engine.process.engine import Engine, ProcessOptions
from shared.engine.recovery.maintenance import Maintenance
from tests.shared.engine.consuming.test_read_models import book


def engine(mongo_url: str, database: str, bootstrap: str, cell: str, owner: str) -> Engine:
    """A process of the book, with small batches, so that there is a middle to be killed in."""
    options = ProcessOptions(owner, cell, lease_seconds=5.0, partitions=4, poll_seconds=0.2)
    limits = Limits(smallest=5, largest=20, deadline=3.0, shards=4)
    store, bus = MongoStore(mongo_url, database), KafkaBus(bootstrap)
    return Engine(book(), store, bus, system_clock, SystemRandom(), options, limits)


async def main() -> None:
    """Work until killed."""
    worker = engine(*sys.argv[1:])
    await worker.start()
    jobs = asyncio.create_task(Maintenance(worker).run())
    over = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    await asyncio.wait([jobs, over], return_when=asyncio.FIRST_COMPLETED)
    os._exit(1)  # as if killed


if __name__ == "__main__":
    asyncio.run(main())
