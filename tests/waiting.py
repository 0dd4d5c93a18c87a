"""Waiting for something to become true: with a bound, and as often as the loop lets others run."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 120.0
"""Seconds after which it is taken not to come, on a machine that does much else."""


async def until(answer: Callable[[], Awaitable[T | None]], seconds: float = PATIENCE, every: float = 0.05) -> T:
    """Ask again and again, until there is an answer that is true; raises `TimeoutError` after so many seconds."""
    async with asyncio.timeout(seconds):
        while True:
            if found := await answer():
                return found
            await asyncio.sleep(every)  # it may come from another process


async def eventually(holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until it holds."""

    async def answer() -> bool:
        return holds()

    await until(answer, seconds, every=0.01)
