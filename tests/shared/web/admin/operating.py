"""A process of a service in memory, and an operator who asks it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from fastapi import FastAPI

from shared.clock import system_clock
from shared.engine.authoring.service import Service
from shared.engine.execution.executor import Limits
from shared.engine.memory.bus import MemoryBus
from shared.engine.ports.bus import Bus
from shared.engine.ports.store import Write
from shared.engine.process.engine import Engine, ProcessOptions
from shared.web.role_lookup import RoleLookup
from tests.shared.engine.shop import SEALER
from tests.shared.web.api import Api, assembled
from tests.shared.web.garden import garden
from tests.shared.web.issuing import Issuer


class Operating(Api):
    """Asks with an operator's token that names no tenant; `engine` is what answers."""

    def __init__(self, runner: asyncio.Runner, service: Service, bus: Bus) -> None:
        super().__init__(runner, FastAPI(), Issuer())
        options = ProcessOptions("one", lease_seconds=2.0, poll_seconds=0.05)
        self.engine = Engine(service, self.store, bus, system_clock, Random(1), options, Limits(), SEALER)
        self.token = self.issuer.token(kind="operator", sub="ann", tenant=None)

    def given(self, *writes: Write) -> None:
        """Write rows as the engine would have written them."""
        self.runner.run(self.store.transact(writes))


@contextmanager
def operating(service: Service = garden, worker: bool = False, bus: Bus | None = None) -> Iterator[Operating]:
    """A process that answers; with `worker`, one that does everything."""
    with asyncio.Runner() as runner:
        api = Operating(runner, service, bus or MemoryBus())
        with assembled(service, api.engine.submit, api.store, api.issuer.verifier(RoleLookup(api.store))) as api.app:
            api.app.state.engine = api.engine
            runner.run(api.engine.prepare())
            runner.run(api.engine.start(worker))
            yield api
            runner.run(api.engine.stop())
