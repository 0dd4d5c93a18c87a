"""Run a coroutine to its end in a loop that ends then, whatever a driver still waits for."""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

import uvloop

T = TypeVar("T")

LAST_SECONDS = 0.3
"""How long tasks that were cancelled may take for it."""


def run(work: Coroutine[None, None, T]) -> T:
    """Return what it returns, as `asyncio.run` does; tasks that do not end when they are cancelled are left behind.

    `asyncio.run` waits for them, and a cancelled `Condition.wait` of PyMongo 4 waits for its lock: if whoever had that
    was cancelled too, for ever. Raises what the coroutine raises.
    """
    loop = uvloop.new_event_loop()
    try:
        asyncio.set_event_loop(loop)
        return loop.run_until_complete(work)
    finally:
        loop.run_until_complete(_end_the_rest())
        asyncio.set_event_loop(None)
        loop.close()


async def _end_the_rest() -> None:
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    _, left = await asyncio.wait(rest, timeout=LAST_SECONDS) if rest else (rest, rest)
    for task in left:
        task._log_destroy_pending = False  # type: ignore[attr-defined]  # as `asyncio.gather` does
    await asyncio.get_running_loop().shutdown_asyncgens()
