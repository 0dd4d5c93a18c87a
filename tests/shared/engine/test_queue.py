"""What waits for the executor: bounded, commands first, tenants in turn."""

import asyncio

import pytest

from shared.engine.handlers import Handlers
from shared.engine.loads import create
from shared.engine.message import Answer, Ending, Message
from shared.engine.queue import Queue
from shared.errors import TryLater
from tests.shared.engine.shop import Sell, Shop, Sold, Till, noting, virtual


def tills() -> Handlers:
    handlers = Handlers()
    handlers.post("/sales", loads={"till": create(Till, "till_id")})(sell)
    return handlers


def sell(command: Sell, till: Till) -> None:
    """Never called here."""


SHOP = Shop(tills(), noting())


def command(tenant: str = "acme", number: int = 0) -> Message:
    return SHOP.command(Sell(number=number), tenant=tenant)


def event(number: int = 0, tenant: str = "acme") -> Message:
    return SHOP.event(Sold(till_id="t1", number=number), tenant=tenant)


async def taken(queue: Queue, most: int) -> list[str]:
    """What comes next: the tenant, and whether it is a command."""
    return [f"{message.tenant} {'command' if message.is_command else 'event'}" for message, _ in await queue.take(most)]


@virtual
async def test_commands_come_before_events() -> None:
    queue = Queue()
    for message in (event(), command(), event(), command()):
        queue.put(message)
    assert await taken(queue, 3) == ["acme command", "acme command", "acme event"]
    assert await taken(queue, 3) == ["acme event"]


@virtual
async def test_tenants_come_in_turn_and_each_in_its_own_order() -> None:
    queue = Queue()
    for number in range(4):
        queue.put(command("big", number))
    queue.put(command("small", 9))
    batch = [message for part in (2, 9) for message, _ in await queue.take(part)]
    assert [message.tenant for message in batch] == ["big", "small", "big", "big", "big"]
    numbers = [message.body.number for message in batch if isinstance(message.body, Sell)]
    assert numbers == [0, 9, 1, 2, 3]


@virtual
async def test_too_many_commands_are_refused_with_a_time_to_come_back() -> None:
    queue = Queue(limit=10)
    for _ in range(10):
        queue.put(command())
    with pytest.raises(TryLater) as refused:
        queue.put(command())
    assert (refused.value.status, refused.value.retry_after) == (503, 1)
    await queue.take(1)
    queue.put(command())


@virtual
async def test_who_has_less_than_a_share_is_let_in_when_others_have_more_and_nobody_for_ever() -> None:
    queue = Queue(limit=10)
    for _ in range(10):
        queue.put(command("big"))
    for _ in range(5):
        queue.put(command("small"))
    for tenant in ("big", "small"):
        with pytest.raises(TryLater):
            queue.put(command(tenant))
    for number in range(5):
        queue.put(command(f"tenant{number}"))
    with pytest.raises(TryLater):
        queue.put(command("one-more"))


@virtual
async def test_events_are_never_refused() -> None:
    queue = Queue(limit=1)
    for _ in range(10):
        queue.put(event())
    assert len(await queue.take(20)) == 10


@virtual
async def test_who_takes_waits_until_there_is_something() -> None:
    queue = Queue()
    taking = asyncio.create_task(queue.take(5))
    await asyncio.sleep(1)
    assert not taking.done()
    queue.put(event())
    assert len(await taking) == 1


@virtual
async def test_a_closed_queue_takes_nothing_more_and_hands_out_what_it_has() -> None:
    queue = Queue()
    queue.put(event())
    taking = asyncio.create_task(queue.take(5))
    queue.close()
    for message in (command(), event()):
        with pytest.raises(TryLater):
            queue.put(message)
    assert len(await taking) == 1
    assert await queue.take(5) == []


@virtual
async def test_when_it_fails_all_who_wait_are_told() -> None:
    queue = Queue()
    answered, gone, first = (queue.put(command()) for _ in range(3))
    batch = await queue.take(3)
    waiting = [queue.put(command()), queue.put(event())]
    answered.set_result(Answer(Ending.DONE))
    gone.cancel()
    queue.fail(batch, ValueError("a defect"))
    assert answered.result().ending is Ending.DONE
    for one in (first, *waiting):
        with pytest.raises(RuntimeError, match="the executor has ended: ValueError"):
            await one
