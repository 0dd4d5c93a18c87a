"""A worker of the shop that stops itself as SIGSTOP does: `python -m tests.shared.engine.kafka.stopping_process`.

Arguments: the database's address and name, the broker's address, the cell, the worker's name, and the method of the
driver's producer at which it stops when something of till `t1` is published. It ends with its input.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from random import SystemRandom
from typing import Any

from aiokafka import AIOKafkaProducer

from shared.clock import system_clock
from shared.engine.execution.executor import Limits
from shared.engine.kafka.bus import KafkaBus
from shared.engine.mongo.store import MongoStore
from shared.engine.process.engine import Engine, ProcessOptions
from tests.shared.engine.recovery.test_republication import ONLY_SELLS
from tests.waiting import PATIENCE

TILL = "t1"


def engine(mongo_url: str, database: str, bootstrap: str, cell: str, owner: str) -> Engine:
    """A process of the shop whose tills are on the people topic."""
    options = ProcessOptions(owner, cell, 5.0, partitions=3, poll_seconds=0.2, answer_seconds=PATIENCE)
    store, bus = MongoStore(mongo_url, database), KafkaBus(bootstrap)
    return Engine(ONLY_SELLS, store, bus, system_clock, SystemRandom(), options, Limits(shards=4))


def stop_once_at(method: str) -> None:
    """Stop behind `send`, when the driver has the record and has not sent it, or before another method."""
    send, other = AIOKafkaProducer.send, getattr(AIOKafkaProducer, method)
    seen: list[bytes] = []

    async def sent(self: AIOKafkaProducer, topic: str, value: bytes | None, key: bytes, *rest: Any, **more: Any) -> Any:
        taken = await send(self, topic, value, key, *rest, **more)
        if TILL.encode() in key and topic.endswith(".people") and not seen:
            seen.append(key)
            if method == "send":
                os.kill(os.getpid(), signal.SIGSTOP)
        return taken

    async def stopped(self: AIOKafkaProducer, *arguments: Any) -> Any:
        if len(seen) == 1:
            seen.append(b"")
            os.kill(os.getpid(), signal.SIGSTOP)
        return await _call(other, self, *arguments)

    if method != "send":
        setattr(AIOKafkaProducer, method, stopped)
    AIOKafkaProducer.send = sent


async def _call(method: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
    return await method(*arguments)


async def main() -> None:
    """Work until killed."""
    *options, method = sys.argv[1:]
    stop_once_at(method)
    await engine(*options).start()
    await asyncio.to_thread(sys.stdin.read)
    os._exit(1)  # as if killed


if __name__ == "__main__":
    asyncio.run(main())
