"""Ending what has to do with a broker that may no longer answer."""

import asyncio
from collections.abc import Coroutine

_going_on: set[asyncio.Task[None]] = set()
"""Held here, since the event loop alone would forget them."""


async def ended(work: Coroutine[None, None, None], seconds: float) -> bool:
    """Return whether it ends within some seconds; if not, it goes on by itself. Raises what it raises."""
    task = asyncio.get_running_loop().create_task(work)
    _going_on.add(task)
    task.add_done_callback(_going_on.discard)
    done, _ = await asyncio.wait([task], timeout=seconds)
    for finished in done:
        finished.result()
    return bool(done)
