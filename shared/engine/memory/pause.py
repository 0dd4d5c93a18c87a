"""Where a real database or broker would be away for a while: a simulation decides there who goes on, and when."""

import asyncio
from collections.abc import Awaitable, Callable

Pause = Callable[[], Awaitable[None]]


async def one_turn() -> None:
    """Let others run once."""
    await asyncio.sleep(0)
