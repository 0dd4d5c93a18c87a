"""After a conflict: which documents are stale, and which messages depend on them."""

from collections.abc import Sequence

from shared.engine.batch.batch import Batch, Node
from shared.engine.batch.message import Message
from shared.engine.failures.lanes import lane_key
from shared.engine.ports.filters import matches
from shared.engine.ports.store import Change, Check, Delete, Id, Insert, Replace, Reserve, Store, Write

EXPECTING = Replace | Change | Check | Reserve


async def broken(store: Store, writes: Sequence[Write]) -> set[Node]:
    """Find where the database is not as the writes expect; nowhere if another transaction was only faster."""
    expected: dict[Node, Write] = {}
    for write in writes:
        if isinstance(write, Insert):
            expected.setdefault((write.collection, write.document["_id"]), write)
        elif isinstance(write, Replace | Change | Check | Reserve) or (
            isinstance(write, Delete) and write.match is not None
        ):
            expected.setdefault((write.collection, write.id), write)
    ids: dict[str, list[Id]] = {}
    for collection, id in expected:
        ids.setdefault(collection, []).append(id)
    stale: set[Node] = set()
    for collection, wanted in ids.items():
        found = await store.get(collection, wanted)
        stale |= {(collection, id) for id in wanted if not _is_met(expected[collection, id], found.get(id))}
    return stale


def _is_met(write: Write, document: dict[str, object] | None) -> bool:
    if isinstance(write, Insert | Reserve) or (isinstance(write, Check) and write.match is None):
        return document is None
    assert isinstance(write, Replace | Change | Check | Delete)
    return document is not None and matches(document, write.match or {})


def is_completed(message: Message, stale: set[Node]) -> bool:
    """Return whether the row that the message came from is gone, or not as it was: others have handled it."""
    return any(
        isinstance(write, Change | Delete) and (write.collection, write.id) in stale for write in message.completion
    )


def touched(batch: Batch, messages: Sequence[Message]) -> list[set[Node]]:
    """Return what each message of a batch has touched, with its lane: a conflict does not change the order there."""
    lanes = (lane_key(message) for message in messages)
    return [nodes | ({lane} if lane else set()) for nodes, lane in zip(batch.nodes(), lanes, strict=True)]


def connected(nodes: Sequence[set[Node]], stale: set[Node]) -> set[int]:
    """Return the numbers of the messages that touch something stale, or share something with one of these."""
    reached: set[int] = set()
    spreading = set(stale)
    while True:
        new = {index for index, touched in enumerate(nodes) if index not in reached and touched & spreading}
        if not new:
            return reached
        reached |= new
        spreading = set().union(*(nodes[index] for index in new))
