"""A loop ends with its work, whatever does not end when it is cancelled."""

import asyncio
import subprocess
import sys

import pytest

from shared import event_loop

PATIENCE = 60
"""Seconds; who waits for what never ends has them all."""

STUBBORN = """
import asyncio
from shared import event_loop

async def stubborn():
    while True:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            pass

async def work():
    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    return task

event_loop.run(work())
print("ended")
"""


@pytest.mark.real
def test_a_task_that_does_not_let_itself_be_cancelled_is_left_behind_without_a_word() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", STUBBORN], capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert (ended.stdout, ended.stderr) == ("ended\n", "")


def test_tasks_that_are_left_are_cancelled_and_clean_up_behind_them() -> None:
    seen = []

    async def cleaning_up() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await asyncio.sleep(0)
            seen.append("cleaned up")

    async def work() -> asyncio.Task[None]:
        task = asyncio.create_task(cleaning_up())
        await asyncio.sleep(0)
        return task

    assert event_loop.run(work()).cancelled()
    assert seen == ["cleaned up"]


def test_what_it_raises_is_raised() -> None:
    async def work() -> None:
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        event_loop.run(work())
