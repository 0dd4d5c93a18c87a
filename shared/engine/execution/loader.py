"""Loads what a batch needs from the database, with one query per collection and round of loads."""

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.sandbox_clock import SandboxClock
from shared.engine.batch import clocks, inbox
from shared.engine.batch.arguments import missing
from shared.engine.batch.batch import Batch
from shared.engine.batch.message import Message
from shared.engine.batch.tracked import DocumentKey
from shared.engine.failures.lanes import Lane, lane_key
from shared.engine.ports.store import Document, Id, Store
from shared.ids import is_sandbox

log = structlog.get_logger()

IDEMPOTENCY = "idempotency"

ToLoad = dict[DocumentKey, type[Aggregate]]


async def load(store: Store, batch: Batch, messages: Sequence[Message]) -> None:
    """Load everything, round by round: what was seen before, lanes and clocks, and what the handlers load."""
    first = fetch(store, batch, surroundings(messages) | _missing(batch, messages, 1))
    await asyncio.gather(look_up(store, batch, messages), first)
    for depth in range(2, 1 + max((len(message.handler.rounds) for message in messages), default=0)):
        await fetch(store, batch, _missing(batch, messages, depth))


async def look_up(store: Store, batch: Batch, messages: Sequence[Message]) -> None:
    """Load the rows that say which of the messages were seen before."""
    rows: dict[str, list[Id]] = {
        inbox.COLLECTION: [message.seen for message in messages if message.seen],
        IDEMPOTENCY: [message.idempotency.id for message in messages if message.idempotency],
    }
    batch.rows = await _get(store, rows)


def surroundings(messages: Sequence[Message]) -> ToLoad:
    """Return the lanes in which the messages would have to wait, and the clocks of those that are of a sandbox."""
    lanes: ToLoad = {key: Lane for message in messages if (key := lane_key(message))}
    return lanes | {clocks.clock_key(one.tenant): SandboxClock for one in messages if is_sandbox(one.tenant)}


async def fetch(store: Store, batch: Batch, wanted: ToLoad) -> None:
    """Load these documents into the batch."""
    if not wanted:
        return
    ids_of: dict[str, list[Id]] = {}
    for collection, id in wanted:
        ids_of.setdefault(collection, []).append(id)
    found = await _get(store, ids_of)
    for key, kind in wanted.items():
        batch.track(key, kind, found.get(key))


def _missing(batch: Batch, messages: Sequence[Message], depth: int) -> ToLoad:
    """Return what is missing; a message that cannot be decoded loads nothing, and fails by itself when it runs."""
    wanted: ToLoad = {}
    for message in messages:
        try:
            wanted |= missing(batch.tracked, message, depth)
        except Exception as error:
            log.debug("message.unreadable", handler=message.handler.name, error=type(error).__name__)
    return wanted


async def _get(store: Store, ids_of: Mapping[str, list[Id]]) -> dict[tuple[str, Id], Document]:
    names = [name for name, ids in ids_of.items() if ids]
    results = await asyncio.gather(*(store.get(name, ids_of[name]) for name in names))
    return {(name, id): row for name, rows in zip(names, results, strict=True) for id, row in rows.items()}
