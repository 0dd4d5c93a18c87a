"""How much each tenant has of a service: what waits, what is under way, what is tried again, and its share."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.engine.deferred import effects
from shared.engine.failures import lanes
from shared.engine.ports.store import Document, Store, Where
from shared.engine.process.backlog import MOST
from shared.engine.process.engine import Engine

BUSIEST = 100
"""Tenants that a process tells of; of those with less to do, it tells nothing."""

PARKED_TENANTS = 100
"""Tenants of which parked messages and effects are counted."""


@dataclass(slots=True)
class Usage:
    """One tenant's. `handled` are messages within the last minute; no more than 10,000 of anything are counted."""

    queued: int = 0
    running: int = 0
    retrying: int = 0
    handled: int = 0


def of_process(engine: Engine) -> list[Document]:
    """Return what a process has in memory, of its busiest tenants."""
    queued, running = Counter[str](), Counter[str]()
    for line in engine.executor.queue.lines.values():
        queued.update({tenant: len(waiting) for tenant, waiting in line.tenants.items()})
    for loop in (engine.timers, engine.lanes, engine.performing):
        running.update(loop.room.of_tenant)
    handled = engine.tenants.handled()
    busiest = (queued + running + handled).most_common(BUSIEST)
    return [
        {"tenant": tenant, "queued": queued[tenant], "running": running[tenant], "handled": handled[tenant]}
        for tenant, _ in busiest
    ]


async def of_service(store: Store, replicas: Iterable[Mapping[str, Sequence[Document]]]) -> dict[str, Usage]:
    """Return what the processes report and the database stores, by tenant; raises `StoreError`."""
    found = dict[str, Usage]()
    for replica in replicas:
        for row in replica.get("tenants", ()):
            usage = found.setdefault(row["tenant"], Usage())
            usage.queued += row["queued"]
            usage.running += row["running"]
            usage.handled += row["handled"]
    for tenant in await _tenants_in(store, lanes.ROWS):
        found.setdefault(tenant, Usage()).retrying += await store.count(lanes.ROWS, _of(tenant), MOST)
    for tenant in await _tenants_in(store, effects.COLLECTION):
        usage = found.setdefault(tenant, Usage())
        waiting = await store.count(effects.COLLECTION, _of(tenant), MOST)
        failing = await store.count(effects.COLLECTION, {**_of(tenant), "failed": True}, MOST)
        usage.queued += max(0, waiting - failing - usage.running)
        usage.retrying += failing
    return found


async def _tenants_in(store: Store, collection: str) -> list[str]:
    """Whose rows there are, by leaps from tenant to tenant: their ids begin with it."""
    tenants = list[str]()
    after: str | None = None
    while len(tenants) < PARKED_TENANTS:
        rows = await store.find(collection, {}, limit=1, after=after)
        if not rows:
            break
        tenants.append(str(rows[0]["_id"]).partition("/")[0])
        after = _end(tenants[-1])
    return tenants


def _of(tenant: str) -> Where:
    """The rows whose ids begin with the tenant."""
    return {"_id": {"$gt": f"{tenant}/", "$lte": _end(tenant)}}


def _end(tenant: str) -> str:
    """Behind all ids of the tenant: `0` is the character that follows the slash."""
    return f"{tenant}0"
