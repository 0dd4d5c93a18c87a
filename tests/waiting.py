"""Waiting for something to become true: with a bound, and as often as the loop lets others run."""

import asyncio
from collections.abc import Awaitable, Callable


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = 30.0, every: float = 0.05) -> None:
    """Return when it holds; raises `TimeoutError` after so many seconds."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - it may become true in another process
            await asyncio.sleep(every)
