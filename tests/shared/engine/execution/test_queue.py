"""What waits for the executor: bounded, and fair between kinds and between tenants.

Without the part that is reserved for others, commands without end starve them.
"""

import asyncio
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import permutations
from typing import Annotated

import pytest

from shared.engine.authoring.aggregate import Timer
from shared.engine.authoring.answer import Answer, Ending
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.batch.message import Kind, Message
from shared.engine.coordination.tenants import Limit, Tenants
from shared.engine.execution.queue import BESIDE_COMMANDS, BETWEEN_COMMANDS, LATELY_SECONDS, LEAST_TURN, Queue
from shared.errors import TenantLimitReached, TryLater
from tests.shared.engine.shop import Printed, Sell, Shop, Sold, Till, at, noting, virtual


class Close(Timer):
    """The till closes."""

    till_id: str = "t1"


def tills() -> Handlers:
    handlers = Handlers()
    handlers.post("/sales")(sell)
    handlers.on("close")(close)
    handlers.on("file")(file)
    return handlers


def sell(command: Sell, till: Annotated[Till, create("till_id")]) -> None:
    """Never called here."""


def close(timer: Close, till: Annotated[Till, create("till_id")]) -> None:
    """Never called here."""


def file(receipt: Printed, till: Annotated[Till, create(at("t1"))]) -> None:
    """Never called here."""


SHOP = Shop(tills(), noting())


def command(tenant: str = "acme", number: int = 0) -> Message:
    return SHOP.command(Sell(number=number), tenant=tenant)


def event(number: int = 0, tenant: str = "acme") -> Message:
    return SHOP.event(Sold(till_id="t1", number=number), tenant=tenant)


@cache
def of_kind(kind: Kind, tenant: str = "acme") -> Message:
    """A message that comes from there: one for all, since a queue looks into none."""
    made = {
        Kind.COMMAND: command(tenant),
        Kind.EVENT: event(tenant=tenant),
        Kind.TIMER: SHOP.event(Sold(till_id="t1"), tenant=tenant, name="close"),
        Kind.OUTCOME: SHOP.event(Sold(till_id="t1"), tenant=tenant, name="file"),
        Kind.PARKED: replace(event(tenant=tenant), parked_number=3),
        Kind.REPLAYED: replace(event(tenant=tenant), replayed=True),
    }
    return made[kind]


async def popped(queue: Queue, most: int) -> list[str]:
    """What comes next: the tenant, and whether it is a command."""
    return [
        f"{message.tenant} {'command' if message.is_command else 'event'}"
        for message, _ in await queue.next_batch(most)
    ]


@virtual
async def test_commands_come_before_events() -> None:
    queue = Queue()
    for message in (event(), command(), event(), command()):
        queue.put(message)
    assert await popped(queue, 3) == ["acme command", "acme command", "acme event"]
    assert await popped(queue, 3) == ["acme event"]


def test_a_message_is_of_the_kind_of_where_it_comes_from() -> None:
    assert {kind: of_kind(kind).kind for kind in Kind} == {kind: kind for kind in Kind}
    assert replace(event(), from_letter=True).kind is Kind.PARKED


@pytest.mark.parametrize("most", [1, 3, 500])
@pytest.mark.parametrize(("starved", "flood"), list(permutations(Kind, 2)))
def test_no_kind_starves_another_though_it_never_ends(starved: Kind, flood: Kind, most: int) -> None:
    @virtual
    async def story() -> None:
        queue, seen = Queue(limit=2000), 0
        for _ in range(2 * most):
            queue.put(of_kind(flood))
        queue.put(of_kind(starved))
        for _ in range(10):
            batch = await queue.next_batch(most)
            seen += sum(message.kind is starved for message, _ in batch)
            for _ in batch:
                queue.put(of_kind(flood))
        assert seen == 1

    story()


@virtual
async def test_of_a_full_batch_a_quarter_is_for_what_is_no_command_in_equal_parts() -> None:
    queue = Queue()
    for kind in Kind:
        for number in range(400):
            queue.put(of_kind(kind, f"tenant{number % 3}"))
    batch = Counter(message.kind for message, _ in await queue.next_batch(400))
    assert batch == {Kind.COMMAND: 300} | dict.fromkeys([kind for kind in Kind if kind is not Kind.COMMAND], 20)


@virtual
async def test_what_nobody_waits_for_does_not_fill_batches_up_while_commands_come() -> None:
    queue = Queue()
    for _ in range(2000):
        queue.put(event())
    assert len(await queue.next_batch(500)) == 500
    queue.put(command())
    assert len(await queue.next_batch(500)) == 1 + BESIDE_COMMANDS
    assert len(await queue.next_batch(500)) == BETWEEN_COMMANDS
    await asyncio.sleep(LATELY_SECONDS)
    assert len(await queue.next_batch(500)) == 500


@virtual
async def test_a_tenant_with_much_has_no_more_of_a_batch_than_its_part_while_others_wait() -> None:
    queue = Queue()
    for _ in range(400):
        queue.put(command("big"))
    for number in range(9):
        queue.put(command(f"small{number}"))
    batch = Counter(message.tenant for message, _ in await queue.next_batch(200))
    assert batch == {"big": LEAST_TURN} | {f"small{number}": 1 for number in range(9)}
    assert len(await queue.next_batch(200)) == 200


@virtual
async def test_two_tenants_with_much_share_a_whole_batch() -> None:
    queue = Queue()
    for tenant in ("one", "two"):
        for _ in range(200):
            queue.put(command(tenant))
    assert Counter(message.tenant for message, _ in await queue.next_batch(200)) == {"one": 100, "two": 100}


@virtual
async def test_a_tenant_s_weight_is_how_much_it_gives_at_its_turn() -> None:
    tenants = Tenants()
    queue = Queue(tenants=tenants)
    tenants.limits = {"heavy": Limit(weight=3)}
    for kind in (Kind.COMMAND, Kind.EVENT):
        for tenant in ("heavy", "light", "other"):
            for _ in range(100):
                queue.put(of_kind(kind, tenant))
    batch = Counter((message.kind, message.tenant) for message, _ in await queue.next_batch(100))
    for kind in (Kind.COMMAND, Kind.EVENT):
        assert batch[kind, "heavy"] == 3 * batch[kind, "light"] == 3 * batch[kind, "other"]


@virtual
async def test_a_tenant_s_own_limit_is_told_as_such_and_holds_for_commands_alone() -> None:
    tenants = Tenants()
    queue = Queue(tenants=tenants)
    tenants.limits = {"big": Limit(queued=2)}
    for _ in range(2):
        queue.put(command("big"))
    with pytest.raises(TenantLimitReached) as refused:
        queue.put(command("big"))
    assert (refused.value.status, refused.value.code, refused.value.retry_after) == (429, "tenant-limit-reached", 1)
    queue.put(command("small"))
    for _ in range(5):
        queue.put(event(tenant="big"))
    tenants.limits = {}
    queue.put(command("big"))


@virtual
async def test_what_was_handed_out_is_counted_for_a_minute() -> None:
    queue = Queue()
    for tenant in ("one", "one", "two"):
        queue.put(event(tenant=tenant))
    await queue.next_batch(10)
    assert queue.tenants.handled() == {"one": 2, "two": 1}
    await asyncio.sleep(50)
    queue.put(command("two"))
    await queue.next_batch(10)
    assert queue.tenants.handled() == {"one": 2, "two": 2}
    await asyncio.sleep(20)
    assert queue.tenants.handled() == {"two": 1}


@virtual
async def test_tenants_come_in_turn_and_each_in_its_own_order() -> None:
    queue = Queue()
    for number in range(4):
        queue.put(command("big", number))
    queue.put(command("small", 9))
    batch = [message for part in (2, 9) for message, _ in await queue.next_batch(part)]
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
    await queue.next_batch(1)
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
    assert len(await queue.next_batch(20)) == 10


@virtual
async def test_who_takes_waits_until_there_is_something() -> None:
    queue = Queue()
    waiting = asyncio.create_task(queue.next_batch(5))
    await asyncio.sleep(1)
    assert not waiting.done()
    queue.put(event())
    assert len(await waiting) == 1


@virtual
async def test_a_closed_queue_takes_nothing_more_and_hands_out_what_it_has() -> None:
    queue = Queue()
    queue.put(event())
    waiting = asyncio.create_task(queue.next_batch(5))
    queue.close()
    for message in (command(), event()):
        with pytest.raises(TryLater):
            queue.put(message)
    assert len(await waiting) == 1
    assert await queue.next_batch(5) == []


@virtual
async def test_when_it_fails_all_who_wait_are_told() -> None:
    queue = Queue()
    answered, gone, first = (queue.put(command()) for _ in range(3))
    batch = await queue.next_batch(3)
    waiting = [queue.put(command()), queue.put(event())]
    answered.set_result(Answer(Ending.DONE))
    gone.cancel()
    queue.fail(batch, ValueError("a defect"))
    assert answered.result().ending is Ending.DONE
    for one in (first, *waiting):
        with pytest.raises(RuntimeError, match="the executor has ended: ValueError"):
            await one
