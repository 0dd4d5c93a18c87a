"""The loop without a clock ends with all that it has begun."""

import asyncio
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

import pytest

from tests.simulation.loop import VirtualLoop


async def for_ever() -> None:
    await asyncio.Event().wait()


async def begins_another() -> None:
    try:
        await for_ever()
    finally:
        asyncio.get_running_loop().create_task(for_ever())


async def waits_once_more() -> None:
    try:
        await for_ever()
    finally:
        await for_ever()


async def takes_long() -> None:
    try:
        await for_ever()
    finally:
        for _ in range(1_000_000):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("work", [for_ever, begins_another, waits_once_more, takes_long])
def test_no_task_is_left_when_it_ends(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    loop = VirtualLoop(Random(1))
    loop.create_task(work())
    loop.run_until_complete(asyncio.sleep(1))
    loop.end()
    assert all(task.done() for task in loop.tasks)
