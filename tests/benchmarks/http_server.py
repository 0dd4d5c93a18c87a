"""The shop's commands over HTTP, in a process of its own: committed together, or each in a transaction of its own."""

import asyncio
import json
import sys
from random import Random

import uvloop

from shared.clock import system_clock
from shared.engine.executor import Executor
from shared.engine.message import Answer, Message
from shared.engine.mongo.store import MongoStore
from shared.engine.stored import collections
from shared.settings import Settings
from shared.web.app import create_app
from shared.web.server import serve
from tests.benchmarks.shop import shop
from tests.shared.web.issuing import Issuer


async def main(mode: str, mongo: str, database: str, port: int) -> None:
    """Serve until the process is ended."""
    service, issuer = shop(), Issuer()
    store = MongoStore(mongo, database, writers=64)
    await store.prepare(collections(service))
    executor = Executor(service, store, system_clock, Random(1))

    async def alone(message: Message) -> Answer:
        return (await executor.handle([message]))[0]

    running = asyncio.ensure_future(executor.run())
    app = create_app(service, executor.submit if mode == "together" else alone, store, Settings(), issuer.verifier())
    sys.stdout.write(json.dumps({"token": issuer.token()}) + "\n")
    sys.stdout.flush()
    await asyncio.gather(running, serve(app, "127.0.0.1", port))


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
