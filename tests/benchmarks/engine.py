"""`make bench`: the engine's figures, each beside its ceiling or peer, measured in turn (A B A B ...) in one run.

Prints a table, and writes `build/bench/engine.json`. Ratios are the result; absolute figures are context.
"""

import argparse
import asyncio
import logging
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import structlog
import uvloop
from rich.console import Console

from deploy.local.kafka import Kafka
from deploy.local.mongo import Mongo
from shared.main import spare_the_collector
from tests.benchmarks import access as who_asks
from tests.benchmarks import bulk, framework, http, noisy, streams, waking
from tests.benchmarks.rows import Pairs, Row, show, write
from tests.benchmarks.streams import Parts

RESULT = Path("build/bench/engine.json")
TENANTS = 1000
"""Enough that nearly every event of a batch is another one's."""

LANES = 10_000
"""Messages that wait for one thing, each of another aggregate."""


async def event_path(parts: Parts, passes: int, events: int, say: Callable[[str], None]) -> list[Row]:
    """Consume, transaction, publish; beside the database's work alone, and beside one transaction per event."""
    alone, single, processor, crowd = Pairs(), Pairs(), Pairs(), Pairs()
    asked = await streams.asked(parts, events)
    for number in range(passes):
        whole = await streams.stream(parts, events)
        database = await streams.database_alone(parts, asked)
        rate = events / whole.seconds
        alone.add(rate, database / whole.seconds)
        processor.add(whole.processor / events * 1e6)
        few = max(100, events // 50)
        one = await streams.stream(parts, few, largest=1)
        single.add(rate, rate / (few / one.seconds))
        many = await streams.stream(parts, events, tenants=TENANTS)
        crowd.add(events / many.seconds, whole.seconds / many.seconds)
        say(f"pass {number + 1}: {rate:.0f} events/s, {alone.ratios[-1]:.2f} of the database's work alone")
    bare, observed = Pairs(), Pairs()
    for _ in range(passes):
        bare.add(framework.bare_microseconds(events))
        observed.add(framework.observed_microseconds(events))
    return [
        alone.row("consume, transaction, publish", "events/s", "the executor's MongoDB work alone", least=0.60),
        single.row("consume, transaction, publish", "events/s", "one transaction per event", least=25),
        crowd.row(f"the same for {TENANTS:,} tenants", "events/s", "one tenant", least=0.8),
        processor.row("processor time of the whole path", "us/event", "", most=85),
        bare.row("decode, route, validate", "us/event", "", most=15),
        observed.row("decode, route, validate, metrics", "us/event", "", most=15),
    ]


async def writes(parts: Parts, passes: int, events: int) -> list[Row]:
    """A batch as one transaction, beside the same bulk writes without one."""
    pairs = Pairs()
    for _ in range(passes):
        together, apart = await bulk.batches(parts, events // 250)
        pairs.add(events / together, apart / together)
    return [pairs.row("batches of 250 in transactions", "events/s", "the same bulk writes without one", least=1.0)]


async def publishing(parts: Parts, passes: int, events: int) -> list[Row]:
    """The relay with a backlog beside the raw producer; and one event's way from its commit to the broker."""
    drain, latency = Pairs(), Pairs()
    for _ in range(passes):
        relay, raw = await streams.relay_drains(parts, events), await streams.producer_sends(parts, events)
        drain.add(events / relay, raw / relay)
        acknowledged, bare = await streams.acknowledgements(parts, 200)
        median = statistics.median(acknowledged)
        latency.add(median * 1e3, median / statistics.median(bare))
    return [
        drain.row("relay drains a backlog", "events/s", "raw producer", least=0.5),
        latency.row("commit to the broker's acknowledgement, p50", "ms", "a bare transaction, p50", most=2.0),
    ]


async def waiting(parts: Parts, passes: int) -> list[Row]:
    """Commands while all are woken who have waited for what one of them brings about."""
    pairs = Pairs()
    for _ in range(passes):
        idle, busy = await waking.idle_and_waking(parts.mongo, LANES, seconds=4)
        pairs.add(_p99(busy) * 1e3, _p99(busy) / _p99(idle))
    return [pairs.row(f"commands while {LANES:,} lanes wake, p99", "ms", "while nothing else happens", most=2.0)]


async def access(parts: Parts, passes: int, commands: int) -> list[Row]:
    """Who asks and whether they may, beside the whole command; and a token that is seen for the first time."""
    usual, first = Pairs(), Pairs()
    for _ in range(passes):
        spent = await who_asks.spent(parts.mongo, commands)
        usual.add(spent.access, spent.access / spent.command)
        first.add(spent.new_token, spent.new_token / spent.command)
    return [
        usual.row("who asks, and whether they may", "us/command", "the whole command", most=0.05),
        first.row("a token that is seen first, once in five minutes", "us", "the whole command", most=1.0),
    ]


def _p99(taken: Sequence[float]) -> float:
    return statistics.quantiles(taken, n=100)[98]


def commands(parts: Parts, passes: int, seconds: float, say: Callable[[str], None]) -> list[Row]:
    """Commands over HTTP, committed together, beside a transaction for each request."""
    pairs = {32: Pairs(), 128: Pairs()}
    for number in range(passes):
        for connections, pair in pairs.items():
            rates = {}
            for mode in ("together", "alone"):
                with http.serving(mode, parts.mongo) as server:
                    rates[mode], _ = asyncio.run(http.requests_per_second(server, connections, seconds))
            pair.add(rates["together"], rates["together"] / rates["alone"])
        say(f"pass {number + 1}: {pairs[32].values[-1]:.0f} and {pairs[128].values[-1]:.0f} commands/s")
    peer = "a transaction for each request"
    return [
        pairs[32].row("HTTP commands, 32 connections", "commands/s", peer, least=2.5),
        pairs[128].row("HTTP commands, 128 connections", "commands/s", peer, least=4.0),
    ]


def noisy_tenant(parts: Parts, passes: int, seconds: float, events: int, say: Callable[[str], None]) -> list[Row]:
    """Commands of 99 tenants beside one with a backlog of events and many connections, and without it."""
    pair = Pairs()
    for number in range(passes):
        without = noisy.p95_of_others(parts, seconds, 0)
        beside = noisy.p95_of_others(parts, seconds, events)
        pair.add(beside * 1e3, beside / without)
        say(f"pass {number + 1}: p95 of others {beside * 1e3:.0f} ms, {without * 1e3:.0f} ms without the noisy tenant")
    return [pair.row("noisy tenant: commands of 99 others, p95", "ms", "without it, p95", most=2.0)]


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=4.0, help="of load for each HTTP figure")
    parser.add_argument("--noisy-events", type=int, default=100_000, help="that one tenant has waiting; few is quicker")
    parser.add_argument("--only-noisy", action="store_true", help="measure the noisy tenant and nothing else")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    console = Console(stderr=not sys.stdout.isatty(), soft_wrap=True)
    console.print(
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mongo = stack.enter_context(Mongo(home, progress=console.print))
        kafka = stack.enter_context(Kafka(home, quick_start=False, progress=console.print))
        parts = Parts(kafka.bootstrap, mongo.url)
        spare_the_collector()
        rows = [] if options.only_noisy else _alone(parts, options, console.print)
        rows += noisy_tenant(parts, options.passes, options.seconds, options.noisy_events, console.print)
    if not options.only_noisy:
        write(rows, RESULT)
    show(rows, "The engine")


def _alone(parts: Parts, options: argparse.Namespace, say: Callable[[str], None]) -> list[Row]:
    """All but what tenants do to each other."""
    rows = uvloop.run(event_path(parts, options.passes, options.events, say))
    rows += uvloop.run(writes(parts, options.passes, options.events))
    rows += uvloop.run(publishing(parts, options.passes, options.events // 2))
    rows += uvloop.run(waiting(parts, options.passes))
    rows += uvloop.run(access(parts, options.passes, 3_200))
    return rows + commands(parts, options.passes, options.seconds, say)


if __name__ == "__main__":
    main()
