"""Defects in what is committed of what was read."""

from collections.abc import Mapping, Sequence

import pytest

from shared.engine.bus import Partition, Record
from shared.engine.memory.consumer import MemoryReading
from shared.engine.worker import Tenure


def offsets_committed_early(patch: pytest.MonkeyPatch) -> None:
    """Positions are committed before the transaction."""
    original = Tenure.receive

    async def early(self: Tenure, records: Sequence[Record]) -> None:
        self.assignment.finish(records)
        await self.assignment.commit()
        await original(self, records)

    patch.setattr(Tenure, "receive", early)


def commit_past_the_unfinished(patch: pytest.MonkeyPatch) -> None:
    """Whenever something is committed, all that was read is."""
    original = MemoryReading.commit

    async def commit(self: MemoryReading, offsets: Mapping[Partition, int]) -> None:
        assignment = self.member.assignment
        reached = (
            {partition: position.next for partition, position in assignment.positions.items()} if assignment else {}
        )
        await original(self, {partition: reached.get(partition, offset) for partition, offset in offsets.items()})

    patch.setattr(MemoryReading, "commit", commit)


DEFECTS = {
    "offsets committed early": (offsets_committed_early, 60),
    "commits past an unfinished record": (commit_past_the_unfinished, 60),
}
