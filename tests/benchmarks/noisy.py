"""What one tenant with much to do costs the others: their commands beside its backlog and its connections, and without.

One process does everything, so that commands and events share an executor, a loop and a processor.
"""

import asyncio
import statistics
import time
from uuid import uuid4

from shared.engine.ports.bus import Topic
from tests.benchmarks import http
from tests.benchmarks.http_server import TENANTS
from tests.benchmarks.streams import Parts, envelopes, publish
from tests.waiting import until

CONNECTIONS = 60
"""Of the noisy tenant; each of the others has one."""

PAUSE = 0.5
"""Seconds that the others take between two commands: they are no load of their own."""

NOISY = 0
AT_ONCE = 5_000
"""Events that are made and published together."""

WARMING_SECONDS = 3.0
"""Until the process has joined its group and works at the backlog."""


def p95_of_others(parts: Parts, seconds: float, events: int) -> float:
    """The 95th percentile of the latency of 99 tenants' commands; without `events`, the noisy one is silent."""
    database = f"bench{uuid4().hex[:8]}"
    asyncio.run(_backlog(parts, f"{database}.market", events))
    with http.serving("whole", parts.mongo, parts.kafka, database) as server:
        latencies = asyncio.run(_measured(server, seconds, CONNECTIONS if events else 0))
    return statistics.quantiles(latencies, n=20)[-1]


async def _backlog(parts: Parts, topic: str, events: int) -> None:
    """Events of the noisy tenant, waiting on the broker."""
    bus = parts.bus()
    await bus.prepare({topic: Topic(12)})
    for start in range(0, events, AT_ONCE):
        await publish(bus, topic, envelopes(min(AT_ONCE, events - start), parts.random))
    await bus.close()


async def _measured(server: http.Server, seconds: float, noisy: int) -> list[float]:
    """The latencies of the others, once all have begun."""
    await until(lambda: http.answers(server))
    ignored, latencies = list[float](), list[float]()
    began = time.perf_counter()
    end = began + WARMING_SECONDS + seconds
    noise = [http.ask(server, NOISY, number, end, ignored) for number in range(noisy)]
    others = [tenant for tenant in range(TENANTS) if tenant != NOISY]
    warming = [http.ask(server, tenant, tenant, began + WARMING_SECONDS, ignored, PAUSE) for tenant in others]
    loud = asyncio.gather(*noise)
    await asyncio.gather(*warming)
    await asyncio.gather(*(http.ask(server, tenant, tenant, end, latencies, PAUSE) for tenant in others))
    await loud
    return latencies
