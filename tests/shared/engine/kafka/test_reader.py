"""Reading goes back to what its own assignment has handed over, whatever was read under a former one."""

import asyncio
from collections.abc import Sequence

from aiokafka import ConsumerRecord, TopicPartition

from shared.engine.kafka.reader import Reading
from shared.engine.ports.assignment import Assignment
from shared.engine.ports.bus import Extent, Partition
from tests.shared.engine.shop import Ledger, Sold, envelope, virtual
from tests.shared.engine.stage import PARTITION, SHORT, Stage

FIRST = TopicPartition(*PARTITION)


class Driver:
    """What `Reading` asks of aiokafka: one partition, the group's offset, and a record that cannot be read, once."""

    def __init__(self, records: Sequence[ConsumerRecord]) -> None:
        self.records = records
        self.at = self.committed = 0
        self.unreadable = False

    async def position(self, partition: TopicPartition) -> int:  # noqa: ARG002 - there is one
        return self.at

    def highwater(self, partition: TopicPartition) -> int:  # noqa: ARG002
        return len(self.records)

    def seek(self, partition: TopicPartition, offset: int) -> None:  # noqa: ARG002
        self.at = offset

    def paused(self) -> list[TopicPartition]:
        return []

    def pause(self, *partitions: TopicPartition) -> None: ...

    def resume(self, *partitions: TopicPartition) -> None: ...

    async def look(self, topics: Sequence[str]) -> dict[Partition, Extent]:  # noqa: ARG002
        return {PARTITION: Extent("log", 0, len(self.records), self.committed)}

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        self.committed = offsets[FIRST]

    async def getmany(
        self,
        *partitions: TopicPartition,  # noqa: ARG002
        timeout_ms: int,
        max_records: int,
    ) -> dict[TopicPartition, Sequence[ConsumerRecord]]:
        await asyncio.sleep(0.01)
        if self.unreadable:
            self.unreadable = False
            self.at += 1  # as aiokafka does: it goes on behind what it has forgotten
            raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "header")
        some = self.records[self.at : self.at + max_records]
        self.at += len(some)
        if not some:
            await asyncio.sleep(timeout_ms / 1000)
        return {FIRST: some} if some else {}


def raw(number: int) -> ConsumerRecord:
    event = envelope(Sold(till_id="t1", number=number), id=f"e{number}")
    return ConsumerRecord(*PARTITION, number, 0, 0, b"key", event.data, None, 1, 1, tuple(event.headers()))


def begin(stage: Stage, driver: Driver) -> None:
    """A rebalance has ended: the driver begins where the group has committed."""
    driver.at = driver.committed
    stage.assignment = Assignment("shop", Reading(driver, [FIRST], 10, driver.look), stage.worker)


@virtual
async def test_after_a_drain_that_ran_out_and_an_unreadable_record_nothing_is_passed_over() -> None:
    stage, driver = Stage(), Driver([raw(number) for number in range(35)])
    stage.store.opened.clear()
    begin(stage, driver)
    await asyncio.sleep(5)
    assert driver.at == 30
    await stage.assignment.end(SHORT)
    begin(stage, driver)
    driver.unreadable = True
    stage.store.opened.set()
    await asyncio.sleep(60)
    assert (await stage.shop.get(Ledger, "note-t1")).numbers == list(range(35))
    assert driver.committed == 35


@virtual
async def test_after_an_unreadable_record_all_that_was_not_handed_over_is_read_again() -> None:
    stage, driver = Stage(), Driver([raw(number) for number in range(25)])
    begin(stage, driver)
    await asyncio.sleep(0.015)
    driver.unreadable = True
    await asyncio.sleep(60)
    assert await stage.numbers() == list(range(25))
    assert driver.committed == 25
