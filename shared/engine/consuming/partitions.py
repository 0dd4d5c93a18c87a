"""Which partitions this process reads, and how far the service has come in each: in the service's own database.

What the service has handled is there, and so is its checkpoint: how far it is. The broker's own copy of that may go
while the records stay (it forgets groups that are away for long), or stay while the records go. So a partition begins
at our own checkpoint, and only a group that has none begins at the beginning: this is its first start.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from shared.clock import Clock, rfc3339
from shared.engine.coordination import leases
from shared.engine.ports.bus import WEEK, Extent, Partition
from shared.engine.ports.store import Change, Conflict, Document, Store

log = structlog.get_logger()

REFRESH = timedelta(minutes=10)
"""How old the time in a checkpoint may get while nothing comes."""


FIELDS = ("next", "log", "complete_until")
"""Of a partition's row: how far the service has come."""


CLAIM_SECONDS = -3600.0
"""How long a claim holds others back: not at all, not even when the database's clock is set back."""


@dataclass(slots=True, frozen=True)
class Checkpoint:
    """How far the service has come in a partition of a log: all before `next` is handled.

    `complete_until`: all that was on the topic by then is handled. None if that is not known.
    """

    next: int
    log: str
    complete_until: datetime | None

    def fields(self) -> dict[str, object]:
        """Return its fields as the partition's row has them."""
        return {"next": self.next, "log": self.log, "complete_until": self.complete_until}


@dataclass(slots=True, frozen=True)
class Gap:
    """Records of a partition that were not read and are there no more, from the offset `first` on, to before `next`.

    `next` is None if nobody knows how many there were. They were published after `since`, which is None if that is not
    known, and before `found_at`.
    """

    partition: Partition
    first: int
    next: int | None
    since: datetime | None
    found_at: datetime
    reason: str

    def __str__(self) -> str:
        topic, number = self.partition
        until = "on" if self.next is None else f"to {self.next - 1}"
        since = f"{rfc3339(self.since)} and " if self.since else "an unknown time and "
        return (
            f"{topic}, partition {number}, lacks the offsets from {self.first} {until}, published between "
            f"{since}{rfc3339(self.found_at)}: {self.reason}"
        )


@dataclass(slots=True, frozen=True)
class Claim:
    """A partition that is ours: from which checkpoint on, or with which gap; and whether its last reader died there.

    A reader that did not stop in order was at most so many records `ahead` of its checkpoint.
    """

    found: Checkpoint | Gap
    unclean: bool
    ahead: int


@dataclass(slots=True)
class Progress:
    """How far an assignment has come in a partition since it was `noted`.

    Who has read up to `end`, where the partition ended at `looked_at`, has all that was on the topic at that time.
    """

    noted: Checkpoint
    end: int
    looked_at: datetime

    def checkpoint_at(self, finished: int) -> Checkpoint:
        """Return the checkpoint when all before an offset is handled."""
        complete_until = self.looked_at if finished >= self.end else self.noted.complete_until
        return Checkpoint(finished, self.noted.log, complete_until)

    def look(self, finished: int, end: int, now: datetime) -> Checkpoint | None:
        """Return the checkpoint, if it is worth writing down, now that the partition ends at another offset."""
        checkpoint, noted = self.checkpoint_at(finished), self.noted
        if finished >= self.end:
            self.end, self.looked_at = end, now
        is_stale = noted.complete_until is None or now - noted.complete_until > REFRESH
        return checkpoint if checkpoint.next != noted.next or (is_stale and checkpoint != noted) else None


class Partitions:
    """One per process, which is named by `owner`, and reads so many records `ahead` of those that are handled."""

    def __init__(self, store: Store, owner: str, clock: Clock, ahead: int = 1000) -> None:
        self.store, self.owner, self.clock, self.ahead = store, owner, clock, ahead

    async def claim(self, partition: Partition, extent: Extent) -> Claim:
        """Say that we read a partition, and decide where to begin; what is news about that is written down at once."""
        row = await self.store.lease(leases.COLLECTION, row_id(partition), self.owner, CLAIM_SECONDS)
        if row is None:
            raise Conflict(f"{row_id(partition)} is another's")
        found = find_start(row, partition, extent, self.clock())
        ahead = max(self.ahead, row.get("ahead", 0) if row["unclean"] else 0)
        news: dict[str, object] = {"ahead": ahead} if row.get("ahead") != ahead else {}
        if isinstance(found, Checkpoint) and "log" not in row:
            news |= found.fields()
        if news:
            await self._each_if_ours([self._change(partition, news)])
        return Claim(found, row["unclean"], ahead)

    async def note(self, checkpoints: Mapping[Partition, Checkpoint]) -> None:
        """Write down how far we are; those partitions are passed over that somebody else has claimed meanwhile."""
        changes = [self._change(partition, checkpoint.fields()) for partition, checkpoint in checkpoints.items()]
        await self._each_if_ours(changes)

    async def free(self, checkpoints: Mapping[Partition, Checkpoint], others: Iterable[Partition] = ()) -> None:
        """Give partitions back: whoever has them next begins at these places. Nothing is noted of the others."""
        changes = [
            self._change(partition, {**checkpoint.fields(), "owner": ""})
            for partition, checkpoint in checkpoints.items()
        ]
        changes += [self._change(partition, {"owner": ""}) for partition in others]
        await self._each_if_ours(changes)

    def _change(self, partition: Partition, fields: Mapping[str, object]) -> Change:
        return Change(leases.COLLECTION, row_id(partition), {"owner": self.owner}, fields)

    async def _each_if_ours(self, changes: list[Change]) -> None:
        """All at once; one by one when another process has one of them."""
        if not changes:
            return
        try:
            await self.store.transact(changes)
        except Conflict:
            for change in changes:
                try:
                    await self.store.transact([change])
                except Conflict:
                    log.info("partition.lost", partition=change.id)


def find_start(row: Document, partition: Partition, extent: Extent, now: datetime) -> Checkpoint | Gap:
    """Return where to begin in a partition, or what is missing there."""
    if "log" not in row and extent.committed is None:
        return Checkpoint(extent.beginning, extent.log, now if extent.beginning == extent.end else now - WEEK)
    known = Checkpoint(row["next"], row["log"], row["complete_until"]) if "log" in row else _by_the_broker(extent)
    if known.log != extent.log:
        reason = "the topic was removed and made again, or the broker has lost its data"
        return Gap(partition, known.next, None, known.complete_until, now, reason)
    if known.next < extent.beginning:
        reason = "records were removed before they were read"
        return Gap(partition, known.next, extent.beginning, known.complete_until, now, reason)
    if known.next > extent.end:
        reason = "the partition ends before the offset up to which it was read"
        return Gap(partition, extent.end, None, known.complete_until, now, reason)
    return known


def row_id(partition: Partition) -> str:
    """Return the partition's row among the leases."""
    return f"partition/{partition[0]}/{partition[1]}"


def _by_the_broker(extent: Extent) -> Checkpoint:
    """For a partition that was read by a version that kept no places."""
    assert extent.committed is not None
    return Checkpoint(extent.committed, extent.log, None)
