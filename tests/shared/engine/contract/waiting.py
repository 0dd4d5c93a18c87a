"""Waiting for what must come, for a bounded time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 30.0
"""Seconds after which it is taken not to come."""


async def until(answer: Callable[[], Awaitable[T | None]]) -> T:
    """Ask again and again, until there is an answer that is true."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if found := await answer():
                return found
            await asyncio.sleep(0.01)


async def eventually(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""

    async def answer() -> bool:
        return holds()

    await until(answer)
