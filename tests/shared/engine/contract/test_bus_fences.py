"""One publisher at a time has a name; what its predecessors had begun, and send late, no reader ever gets."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.engine.ports.bus import Fenced, FencedPublisher, Outgoing
from tests.shared.engine.conftest import Run
from tests.shared.engine.contract.brokers import Broker, Receiving
from tests.waiting import eventually

END = b"end"


def _records(broker: Broker, *values: bytes | None, keys: int = 1) -> Sequence[Outgoing]:
    return [(broker.topic, b"key %d" % (number % keys), value, []) for number, value in enumerate(values)]


async def _read(broker: Broker, publisher: FencedPublisher) -> list[bytes | None]:
    """The values of the first partition's key that readers get, from the beginning to what is published now."""
    receiving = Receiving()
    await publisher.publish(_records(broker, END))
    await broker.consume(receiving, group="reader")
    await eventually(lambda: any(record.value == END for record in receiving.records))
    return [record.value for record in receiving.records if record.key == b"key 0"][:-1]


async def _publish_until_it_fails(broker: Broker, publisher: FencedPublisher) -> int:
    """Publish three records at once, numbered, again and again; returns how often that went well."""
    for number in range(1_000_000):
        try:
            await publisher.publish(_records(broker, *(b"%d.%d" % (number, part) for part in range(3))))
        except Exception:
            return number  # a broker that is interrupted in a commit does not always know why it fails
        await asyncio.sleep(0.0001)  # in memory, publishing takes no time
    raise AssertionError("it was never fenced")


def test_what_is_published_behind_a_fence_comes_in_order(broker: Broker, run: Run) -> None:
    async def through() -> None:
        publisher = await broker.fenced()
        await publisher.publish(_records(broker, b"1", b"2", None))
        await publisher.publish(_records(broker, b"4"))
        assert await _read(broker, publisher) == [b"1", b"2", None, b"4"]

    run(through())


def test_who_has_lost_the_name_is_told_and_nothing_more_of_it_comes(broker: Broker, run: Run) -> None:
    async def through() -> None:
        former = await broker.fenced()
        await former.publish(_records(broker, b"1"))
        publisher = await broker.fenced()
        await publisher.publish(_records(broker, b"2"))
        with pytest.raises(Fenced):
            await former.publish(_records(broker, b"late", b"later"))
        await publisher.publish(_records(broker, b"3"))
        assert await _read(broker, publisher) == [b"1", b"2", b"3"]

    run(through())


def test_what_was_under_way_when_the_name_was_lost_came_before_or_never_comes(broker: Broker, run: Run) -> None:
    async def through() -> None:
        former = asyncio.ensure_future(_publish_until_it_fails(broker, await broker.fenced()))
        await asyncio.sleep(0.2)
        publisher = await broker.fenced()
        await publisher.publish(_records(broker, b"ours"))
        count = await former
        *before, last = await _read(broker, publisher)
        assert last == b"ours"
        whole = [b"%d.%d" % (number, part) for number in range(count) for part in range(3)]
        assert before in (whole, [*whole, *(b"%d.%d" % (count, part) for part in range(3))])

    run(through())


def test_of_what_is_interrupted_readers_get_all_or_nothing(broker: Broker, run: Run) -> None:
    async def through() -> None:
        receiving = Receiving()
        await broker.consume(receiving)
        for turns in range(12):
            publisher = await broker.fenced()
            values = [b"%d.%d" % (turns, part) for part in range(9)]
            publishing = asyncio.ensure_future(publisher.publish(_records(broker, *values, keys=9)))
            for _ in range(turns * 3):
                await asyncio.sleep(0)
            publishing.cancel()
            await asyncio.wait([publishing])
            await publisher.close()
        await (await broker.fenced()).publish(_records(broker, *[END] * 9, keys=9))
        await eventually(lambda: sum(record.value == END for record in receiving.records) == 9)
        came = [(record.value or b"").partition(b".")[0] for record in receiving.records if record.value != END]
        assert {turns: came.count(turns) for turns in came} == dict.fromkeys(came, 9)

    run(through())


def test_what_nobody_has_ended_is_no_obstacle_for_what_others_publish(broker: Broker, run: Run) -> None:
    async def through() -> None:
        other = await broker.fenced("other")
        for turns in range(6):
            publishing = asyncio.ensure_future((await broker.fenced()).publish(_records(broker, b"begun")))
            for _ in range(turns * 3):
                await asyncio.sleep(0)
            publishing.cancel()
            await asyncio.wait([publishing])
        await broker.fenced()
        await other.publish(_records(broker, b"other"))
        assert (await _read(broker, other))[-1] == b"other"

    run(through())


def test_a_name_fences_no_other_name(broker: Broker, run: Run) -> None:
    async def through() -> None:
        one, other = await broker.fenced("one"), await broker.fenced("other")
        for publisher, value in ((one, b"1"), (other, b"2"), (one, b"3")):
            await publisher.publish(_records(broker, value))
        assert await _read(broker, other) == [b"1", b"2", b"3"]

    run(through())
