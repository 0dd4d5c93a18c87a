"""The replicas of a service: each keeps a row that tells the others what it is doing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from shared.engine.ports.store import Document, Index, Store
from shared.observe.metrics import SECONDS, Totals

COLLECTION = "replicas"
INDEXES = (Index(("gone_at",), expires=True),)

GONE_AFTER = timedelta(seconds=15)
"""A replica that was not seen for so long is taken to have ended."""


@dataclass(slots=True, frozen=True)
class Rates:
    """What a process does, per second, and how long commands take it; None for what nothing is known of."""

    events_in_per_second: float
    events_out_per_second: float
    commands_per_second: float
    command_p50_ms: float | None
    command_p95_ms: float | None
    batch_size: float | None


async def living(store: Store, now: datetime) -> list[Document]:
    """Return the rows of those that were seen lately, in order of their names."""
    return await store.find(COLLECTION, {"gone_at": {"$gt": now}})


def rates(before: Totals, after: Totals, seconds: float) -> Rates:
    """Return what has happened between two looks, so many seconds apart."""
    buckets = [
        late - early for early, late in zip(before.command_seconds.buckets, after.command_seconds.buckets, strict=True)
    ]
    batches = after.batches - before.batches
    return Rates(
        events_in_per_second=(after.events_in - before.events_in) / seconds,
        events_out_per_second=(after.events_out - before.events_out) / seconds,
        commands_per_second=(after.commands - before.commands) / seconds,
        command_p50_ms=_milliseconds(buckets, 0.5),
        command_p95_ms=_milliseconds(buckets, 0.95),
        batch_size=(after.batch_messages - before.batch_messages) / batches if batches else None,
    )


def _milliseconds(buckets: Sequence[int], share: float) -> float | None:
    """The time within which a share of all ended, between the bounds of its bucket as if they were spread evenly."""
    if not (total := sum(buckets)):
        return None
    bounds = (0.0, *SECONDS, SECONDS[-1])  # of what took longer than all bounds, no more is known
    for index, reached in enumerate(accumulate(buckets)):
        if reached >= share * total:
            inside = (share * total - (reached - buckets[index])) / buckets[index]
            return 1000 * (bounds[index] + inside * (bounds[index + 1] - bounds[index]))
    raise AssertionError("the last bucket reaches all")
