"""Waiting for what comes about by itself: for a condition, and for so long at most."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from deploy.tour.api import DidNotHappen

T = TypeVar("T")

PATIENCE = 120.0
PAUSE = 0.1
"""Seconds between two looks."""


async def eventually(what: str, read: Callable[[], Awaitable[T]], is_so: Callable[[T], bool]) -> T:
    """What is read, as soon as it is so; raises DidNotHappen after `PATIENCE` seconds. `what` is a statement."""
    deadline = time.monotonic() + PATIENCE
    while not is_so(found := await read()):
        if time.monotonic() > deadline:
            raise DidNotHappen(f"Not so within {PATIENCE:g} s: {what}.")
        await asyncio.sleep(PAUSE)
    return found
