"""Lanes of a paused handler: they wait in the database, not in a process, and hold no position back.

Whoever tries one of them with success wakes the others, whichever process has paused them.
"""

from datetime import datetime

import structlog

from shared.engine.failures.breaker import Name, awaited
from shared.engine.failures.lanes import PAUSE, Lane
from shared.engine.ports.store import Change, Conflict, Document, Store

log = structlog.get_logger()


async def pause(store: Store, lane: Document, what: str, now: datetime) -> None:
    """Leave a lane alone until `what` has come; raises `Conflict` if it has changed."""
    await store.transact([_changed(lane, {"state.wake_at": now + PAUSE, "state.waiting_for": what})])


async def try_one(store: Store, name: Name, now: datetime) -> bool:
    """Make one of the lanes due that wait for a handler; returns whether it has any, be they due by themselves."""
    lanes = await store.find(Lane.collection, {"state.waiting_for": awaited(name)}, limit=1)
    if not lanes:
        handler, tenant = name
        of_tenant = {"tenant": tenant} if tenant else {}
        return bool(await store.find(Lane.collection, {"state.handler": handler, **of_tenant}, limit=1))
    try:
        await store.transact([_changed(lane, {"state.wake_at": now}) for lane in lanes])
    except Conflict:
        log.debug("lane.changed")  # somebody is at it already
    return True


def _changed(lane: Document, fields: Document) -> Change:
    return Change(Lane.collection, lane["_id"], {"version": lane["version"]}, fields, add={"version": 1})
