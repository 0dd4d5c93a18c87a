"""How a process stops: in order, and within a bounded time whatever is away.

Each step has a part of the time; one that has not ended by then is cut short. What it leaves is safe: a transaction
that was not committed has done nothing, positions that were not committed lead to the same records again, and leases
run out.
"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import structlog

from shared.engine.ports.store import StoreError

if TYPE_CHECKING:
    from shared.engine.process.engine import Engine

log = structlog.get_logger()

DRAINED, EXECUTED, CUT_SHORT, PUBLISHED, ABANDONED = 0.4, 0.6, 0.65, 0.8, 0.9
"""The parts of the time after which each step has ended; giving leases back has the rest."""

Tasks = Sequence[asyncio.Task[Any]]  # whatever they return


async def stop(engine: "Engine", seconds: float) -> None:
    """Take nothing new, finish what is under way, publish it, give the leases back: all in so many seconds."""
    loop = asyncio.get_running_loop()
    began = loop.time()

    async def wait(tasks: Tasks, part: float) -> None:
        await ended(tasks, began + part * seconds - loop.time())

    executing = [engine.executing] if engine.executing is not None else []
    leaving = [loop.create_task(engine.consumer.stop())] if engine.consumer is not None else []
    await wait(leaving, DRAINED)
    engine.executor.queue.close()
    await wait([*executing, *leaving], EXECUTED)
    under_way = [*engine.tasks, *executing, *leaving]
    _cancel(under_way)
    await wait(under_way, CUT_SHORT)
    if not engine.is_worker:
        return
    publishing = loop.create_task(_publish(engine))
    await wait([publishing], PUBLISHED)
    _cancel([publishing])
    await wait([publishing, loop.create_task(engine.relay.close(abandon=True))], ABANDONED)
    releasing = loop.create_task(_release(engine))
    await wait([releasing], 1.0)
    _cancel([releasing])


async def ended(tasks: Tasks, seconds: float) -> None:
    """Wait until all of them have ended, well or not, for so many seconds at most; what has failed is logged."""
    if not tasks:
        return
    done, late = await asyncio.wait(tasks, timeout=max(0.0, seconds))
    for task in done:
        if not task.cancelled() and (error := task.exception()):
            log.warning("stop.failed", error=type(error).__name__)
    if late:
        log.warning("stop.cut_short", count=len(late))


async def _publish(engine: "Engine") -> None:
    try:
        await engine.leases.renew()
        while await engine.relay.round():
            pass
        await engine.relay.close()
    except StoreError as error:
        log.warning("relay.unavailable", error=type(error).__name__)  # whoever comes next publishes it


async def _release(engine: "Engine") -> None:
    try:
        await engine.leases.release()
    except StoreError as error:
        log.warning("leases.not_released", error=type(error).__name__)  # they run out


def _cancel(tasks: Tasks) -> None:
    for task in tasks:
        task.cancel()
