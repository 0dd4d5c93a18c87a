"""Defects in what is committed of what was read."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest

from shared.contracts.envelope import Undecodable, read
from shared.engine.batch.message import NOTHING, Message
from shared.engine.consuming import partitions, poison
from shared.engine.consuming.partitions import Checkpoint, Gap
from shared.engine.consuming.records import Records, _check_tenant
from shared.engine.consuming.worker import Tenure
from shared.engine.failures.dead_letters import NO_TENANT
from shared.engine.ports.assignment import Assignment, Position
from shared.engine.ports.bus import Extent, Partition, Record
from shared.engine.ports.store import Document


def offsets_committed_early(patch: pytest.MonkeyPatch) -> None:
    """Positions are committed before the transaction."""
    original = Tenure.receive

    async def early(self: Tenure, records: Sequence[Record]) -> None:
        self.assignment.finish(records)
        await self.assignment.commit()
        await original(self, records)

    patch.setattr(Tenure, "receive", early)


def commit_past_the_unfinished(patch: pytest.MonkeyPatch) -> None:
    """All that was read is taken for finished."""
    patch.setattr(Position, "finished", property(lambda position: position.next))


def reading_on_where_it_was(patch: pytest.MonkeyPatch) -> None:
    """An assignment begins where the one before it has read to, whatever became of what it had read."""
    reached: dict[tuple[int, Partition], int] = {}
    end, starts = Assignment.end, Tenure.starts

    async def remember(self: Assignment, seconds: float) -> None:
        reached.update({(id(self.subscriber), one): position.next for one, position in self.positions.items()})
        await end(self, seconds)

    async def read_on(self: Tenure, extents: Mapping[Partition, Extent]) -> Mapping[Partition, int]:
        found = await starts(self, extents)
        return {one: reached.get((id(self.worker), one), start) for one, start in found.items()}

    patch.setattr(Assignment, "end", remember)
    patch.setattr(Tenure, "starts", read_on)


def gaps_passed_over(patch: pytest.MonkeyPatch) -> None:
    """Where records are missing, a partition is read from the first one that is there."""
    original = partitions.find_start

    def begin(row: Document, partition: Partition, extent: Extent, now: datetime) -> Checkpoint | Gap:
        found = original(row, partition, extent, now)
        return Checkpoint(extent.beginning, extent.log, now) if isinstance(found, Gap) else found

    patch.setattr(partitions, "find_start", begin)


def judged_before_wanted(patch: pytest.MonkeyPatch) -> None:
    """A record that cannot be read is buried, though nobody wants it."""
    original = Records.messages

    def judge(self: Records, record: Record) -> list[Message]:
        try:
            _check_tenant(read(NOTHING if record.value is None else record.value, record.headers))
        except Undecodable as error:
            return [self._undecodable(record, str(error), error.type, NO_TENANT)]
        return original(self, record)

    patch.setattr(Records, "messages", judge)


def poison_never_found(patch: pytest.MonkeyPatch) -> None:
    """A message is tried again however many processes have ended by it."""
    patch.setattr(poison, "FATAL", 1000)


DEFECTS = {
    "gaps passed over": (gaps_passed_over, range(60)),
    "offsets committed early": (offsets_committed_early, range(60)),
    "reading on where a former assignment was": (reading_on_where_it_was, range(9, 100)),
    "records judged before anybody wants them": (judged_before_wanted, range(13, 60)),
    "poison never found": (poison_never_found, range(60)),
    "commits past an unfinished record": (commit_past_the_unfinished, range(60)),
}
