"""What a batch needs from the database, with one query per collection and round of loads."""

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from shared.engine.authoring.aggregate import Aggregate
from shared.engine.batch import clocks, inbox
from shared.engine.batch.batch import Unit
from shared.engine.batch.message import Message
from shared.engine.batch.tracked import Place
from shared.engine.failures import parking
from shared.engine.ports.store import Document, Id, Store
from shared.ids import is_sandbox

log = structlog.get_logger()

IDEMPOTENCY = "idempotency"

Places = dict[Place, type[Aggregate]]


async def load(store: Store, unit: Unit, messages: Sequence[Message]) -> None:
    """Everything, round by round: what was seen before, lanes and clocks, and what the handlers load."""
    first = hold(store, unit, surroundings(messages) | _missing(unit, messages, 1))
    await asyncio.gather(look_up(store, unit, messages), first)
    for depth in range(2, 1 + max((len(message.handler.rounds) for message in messages), default=0)):
        await hold(store, unit, _missing(unit, messages, depth))


async def look_up(store: Store, unit: Unit, messages: Sequence[Message]) -> None:
    """The rows that tell which of the messages were seen before."""
    rows: dict[str, list[Id]] = {
        inbox.COLLECTION: [message.seen for message in messages if message.seen],
        IDEMPOTENCY: [message.idempotency.id for message in messages if message.idempotency],
    }
    unit.rows = await _get(store, rows)


def surroundings(messages: Sequence[Message]) -> Places:
    """Where the messages would have to wait, and the clocks of those that are of a sandbox."""
    lanes: Places = {place: parking.Lane for message in messages if (place := parking.place(message))}
    return lanes | {clocks.place(one.tenant): clocks.Clock for one in messages if is_sandbox(one.tenant)}


async def hold(store: Store, unit: Unit, places: Places) -> None:
    """Take what is at these places into the batch."""
    if not places:
        return
    wanted: dict[str, list[Id]] = {}
    for collection, id in places:
        wanted.setdefault(collection, []).append(id)
    found = await _get(store, wanted)
    for place, kind in places.items():
        unit.hold(place, kind, found.get(place))


def _missing(unit: Unit, messages: Sequence[Message], depth: int) -> Places:
    """What cannot be decoded loads nothing: it fails when it runs, by itself."""
    places: Places = {}
    for message in messages:
        try:
            places |= unit.missing(message, depth)
        except Exception as error:
            log.debug("message.unreadable", handler=message.handler.name, error=type(error).__name__)
    return places


async def _get(store: Store, wanted: Mapping[str, list[Id]]) -> dict[tuple[str, Id], Document]:
    names = [name for name, ids in wanted.items() if ids]
    results = await asyncio.gather(*(store.get(name, wanted[name]) for name in names))
    return {(name, id): row for name, rows in zip(names, results, strict=True) for id, row in rows.items()}
