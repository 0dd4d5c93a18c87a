"""What keeps a process from starting: something is missing, or its cell's prefix is another deployment's too.

Two deployments with one prefix would share what is each one's alone: on one broker and two databases, a group, so that
each gets a part of the events; on one database and two brokers, an outbox, so that each publishes a part of them.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog

from shared.contracts.clock import TOPIC as CLOCK
from shared.engine.authoring.service import PEOPLE
from shared.engine.coordination import leases, replicas
from shared.engine.ports.bus import MEMBER, NotAdmitted
from shared.engine.ports.store import Delete, Document, NotPermitted, Put, Unavailable, UnknownOutcome
from shared.engine.process.engine import Engine
from shared.engine.publishing import journal

log = structlog.get_logger()

LEAVING_SECONDS = 15.0
"""After so long, a member that was killed is in no group any more; its lease may go before."""

LOOK_AGAIN = 0.5

SAY_AGAIN = 10.0
"""Seconds after which a process that waits says so again."""

T = TypeVar("T")


async def patiently(ask: Callable[[], Awaitable[T]], seconds: float = math.inf) -> T:
    """Return what is asked of the database and the broker, as soon as both answer; says now and then what it waits for.

    What does not pass by waiting, such as a wrong password, is raised at once; all else when it lasts so long.
    """
    now = asyncio.get_running_loop().time
    until, say_at = now() + seconds, now()
    while True:
        try:
            return await ask()
        except (NotPermitted, NotAdmitted):
            raise
        except (Unavailable, UnknownOutcome, ConnectionError) as error:
            if now() > until:
                raise
            if now() >= say_at:
                what = "broker" if isinstance(error, ConnectionError) else "database"
                log.warning("service.waiting", reason=f"no {what} yet", error=type(error).__name__)
                say_at = now() + SAY_AGAIN
        await asyncio.sleep(LOOK_AGAIN)


async def obstacles(engine: Engine) -> list[str]:
    """Return what stands in the way, a sentence each; raises `StoreError` and `ConnectionError`."""
    if missing := await lacking(engine):
        return missing  # what is there cannot be told without them
    if missing := await engine.verify():
        return [*missing, f"Make them with: python -m services.{engine.service.name} migrate"]
    await check_writes(engine)
    return [*await _in_the_group(engine), *await on_another_broker(engine)]


async def lacking(engine: Engine) -> list[str]:
    """Return the rights on the broker that the service needs and its user does not have, a sentence each."""
    name = f"{engine.topic()}.{PEOPLE}.trial" if engine.service.shared else ""
    return await engine.bus.lacking(*reads_and_writes(engine), engine.group, name)


def reads_and_writes(engine: Engine) -> tuple[Sequence[str], Sequence[str]]:
    """Return the topics that the service reads, and those that it writes to."""
    sources, shared = engine.service.sources, [PEOPLE] if engine.service.shared else []
    clock = [CLOCK] if CLOCK in sources else []
    read, written = [*sources, journal.TOPIC], [engine.service.name, *shared, *clock, journal.TOPIC]
    return [engine.topic(name) for name in read], [engine.topic(name) for name in written]


async def check_writes(engine: Engine) -> None:
    """Write something and take it away in one transaction, which nobody sees; raises a `StoreError`."""
    trial = f"trial/{engine.options.owner}"
    await engine.store.transact([Put(leases.COLLECTION, {"_id": trial}), Delete(leases.COLLECTION, trial)])


async def strangers(engine: Engine) -> list[str]:
    """Return the members of the service's group that have no lease in this database: it is not theirs."""
    members = [name for name in await engine.bus.members(engine.group) if name.startswith(MEMBER)]
    ids = {f"member/{name.removeprefix(MEMBER).partition('@')[0]}": name for name in members}
    known = await engine.store.get(leases.COLLECTION, list(ids))
    return sorted(name for id, name in ids.items() if id not in known)


async def on_another_broker(engine: Engine) -> list[str]:
    """Return the replicas that work on this database now and publish to another broker, a sentence each."""
    ours = await engine.bus.identity()
    living = await replicas.living(engine.store, engine.executor.clock())
    return [_divided(row) for row in living if (row.get("broker") or ours) != ours]


def shared_group(engine: Engine, names: Sequence[str]) -> str:
    """Return what is wrong when strangers are in the service's group."""
    return (
        f"the group {engine.group} has members that do not work on this database: {', '.join(names)}. "
        "Two cells on one broker have the same prefix: let ITHACA_CELL differ, or ITHACA_MONGO_URL be the same"
    )


async def _in_the_group(engine: Engine) -> list[str]:
    """A sentence if there are strangers who stay: what was killed is a member for a while."""
    until = asyncio.get_running_loop().time() + LEAVING_SECONDS
    while names := await strangers(engine):
        if asyncio.get_running_loop().time() > until:
            return [shared_group(engine, names)]
        await asyncio.sleep(LOOK_AGAIN)
    return []


def _divided(row: Document) -> str:
    return (
        f"the replica {row['_id']} works on this database with another broker. "
        "Two cells in one database have the same prefix: let ITHACA_CELL differ, or ITHACA_KAFKA_BOOTSTRAP be the same"
    )
