"""The shop's commands over HTTP, in a process of its own: committed together, or each in a transaction of its own.

Or the `whole` process, which also handles events of the broker, as a service does that runs in one.
"""

import asyncio
import json
import sys
from random import Random

import uvloop

from shared.clock import system_clock
from shared.engine.authoring.answer import Answer
from shared.engine.batch.message import Message
from shared.engine.execution.executor import Executor, Limits
from shared.engine.mongo.store import MongoStore
from shared.engine.process.collections import collections
from shared.main import spare_the_collector
from shared.settings import Settings
from shared.web.app import create_app
from shared.web.server import serve
from tests.benchmarks.shop import shop
from tests.benchmarks.streams import Parts
from tests.shared.web.issuing import Issuer

TENANTS = 100
"""Each gets a token."""


async def main(mode: str, mongo: str, database: str, port: int, kafka: str) -> None:
    """Serve until the process is ended."""
    service, issuer = shop(), Issuer()
    store = MongoStore(mongo, database, writers=64)
    await store.prepare(collections(service))
    parts = Parts(kafka, mongo)
    if mode == "whole":
        engine = parts.engine(store, parts.bus(), database, Limits())
        await engine.prepare()
        await engine.start()
        executor, running = engine.executor, engine.watch()
    else:
        executor = Executor(service, store, system_clock, Random(1))
        running = executor.run()

    async def alone(message: Message) -> Answer:
        return (await executor.handle([message]))[0]

    app = create_app(service, alone if mode == "alone" else executor.submit, store, Settings(), issuer.verifier())
    tokens = [issuer.token(tenant=f"acme-{number}") for number in range(TENANTS)]
    sys.stdout.write(json.dumps({"tokens": tokens}) + "\n")
    sys.stdout.flush()
    spare_the_collector()
    await asyncio.gather(running, serve(app, "127.0.0.1", port))


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5]))
