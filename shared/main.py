"""A process of a service: `python -m services.matching`. The setting `ITHACA_ROLE` says which half it runs."""

import asyncio
import gc
import os
import secrets
import signal
import socket
import sys
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from random import SystemRandom

import structlog
import uvloop

from shared.clock import system_clock
from shared.doctor.command import doctor
from shared.engine.engine import Engine, Place
from shared.engine.executor import Limits
from shared.engine.kafka.access import access_of
from shared.engine.kafka.bus import KafkaBus
from shared.engine.maintenance import Maintenance
from shared.engine.mongo.store import MongoStore
from shared.engine.republishing import NotEmpty, StillRunning, TooLongAgo, republish
from shared.engine.safe import Safe
from shared.engine.sampling import Sampling
from shared.engine.service import Service
from shared.engine.starting import obstacles
from shared.engine.store import NotPermitted, StoreError
from shared.observe import logs, metrics, traces
from shared.settings import Role, Settings, SettingsWrong
from shared.web.app import create_app, create_monitor
from shared.web.bounds import Bounds
from shared.web.server import serve

log = structlog.get_logger()


class NotPrepared(Exception):
    """Something is not as the service needs it, in the database or on the broker; a sentence each."""


def run(service: Service) -> None:
    """Run the service until it is told to stop, or do what its arguments say, and end. See `_work`."""
    if sys.argv[1:2] == ["doctor"]:  # it looks at wrong settings too
        sys.exit(doctor(service, assemble, sys.argv[2:]))
    logs.set_up(service.name)
    metrics.describe(service.name, version("ithaca"))
    try:
        traces.set_up(service.name, version("ithaca"))
        settings = service.settings.load()
        uvloop.run(_work(service, settings, sys.argv[1:]))
    except (SettingsWrong, traces.NotInstalled) as error:
        sys.stderr.write(f"{service.name} cannot start:\n{error}\n")
        sys.exit(os.EX_CONFIG)  # to try again would not help: a job that migrates fails at once
    except (NotPrepared, StillRunning, NotEmpty, TooLongAgo) as error:
        sys.exit(f"{service.name} cannot start:\n{error}")
    except NotPermitted as error:
        sys.exit(
            f"{service.name} cannot work with the database: {error}\n"
            f"Look at ITHACA_MONGO_URL: its user needs the role readWrite on the database <cell>_{service.name}."
        )
    except StoreError as error:
        sys.exit(f"{service.name} cannot work with the database: {error}\n{_look_at('ITHACA_MONGO_URL')}")
    except ConnectionError as error:
        sys.exit(f"{service.name} cannot reach the broker: {error}\n{_look_at('ITHACA_KAFKA_BOOTSTRAP')}")


def _look_at(setting: str) -> str:
    return f"Look at {setting}{'' if setting in os.environ else ', which is not set'}, and whether it runs."


def _work(service: Service, settings: Settings, words: Sequence[str]) -> Coroutine[None, None, None]:
    """What the arguments ask for. `migrate` makes what is missing; `republish <moment>` comes after a restore."""
    match words:
        case []:
            return _serve(service, settings)
        case ["migrate"]:
            return migrate(service, settings)
        case ["republish", since]:
            return _republish(service, settings, _moment(since))
    raise SettingsWrong(
        f"it knows no `{' '.join(words)}`: use `doctor`, `migrate`, `republish <moment>`, or nothing, to serve"
    )


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise SettingsWrong(f"{text!r} is no moment: write it as 2026-11-21T03:00:00Z") from error


def spare_the_collector() -> None:
    """Let the garbage collector look at what is new, and seldom: nearly all of it is freed without it.

    With the interpreter's own thresholds a tenth of a worker's time goes into looking at what stays for ever.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


async def migrate(service: Service, settings: Settings) -> None:
    """Make the collections, indexes and topics that are missing."""
    engine = assemble(service, settings)
    try:
        await engine.prepare()
    finally:
        await engine.close()


async def _republish(service: Service, settings: Settings, since: datetime) -> None:
    """Make the topics that are missing, and have everything published again that was stored since then."""
    engine = assemble(service, settings)
    try:
        await engine.prepare()
        done = await republish(engine, since)
        log.info("service.republished", events=done.events, states=done.states)
    finally:
        await engine.close()


def assemble(service: Service, settings: Settings) -> Engine:
    """The engine of one process on the real database and broker."""
    store = MongoStore(settings.mongo_url, settings.database(service.name))
    owner = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
    bus = KafkaBus(settings.kafka_bootstrap, settings.topic_replication, access_of(settings), owner)
    place = Place(owner, settings.cell, settings.lease_seconds, settings.queue_limit)
    limits = Limits(largest=settings.batch_limit, shards=settings.shards)
    return Engine(service, store, bus, system_clock, SystemRandom(), place, limits, Safe(settings.dead_letter_keys))


async def _serve(service: Service, settings: Settings) -> None:
    """Start, wait for a signal or for a part that ends by itself, and stop in order."""
    engine = assemble(service, settings)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    try:
        if found := await obstacles(engine):
            raise NotPrepared("\n".join(found))
        await engine.start(worker=settings.role is not Role.API)
        spare_the_collector()
        sampling = Sampling(engine, settings.role.value, await engine.bus.identity())
        parts = [asyncio.ensure_future(engine.watch()), asyncio.ensure_future(sampling.run())]
        if settings.role is not Role.API:
            parts.append(asyncio.ensure_future(Maintenance(engine).run()))
        app = create_app(service, engine.submit, engine.store, settings)
        app.state.engine = engine
        bounds = Bounds(connections=settings.connection_limit)
        parts.append(asyncio.ensure_future(serve(app, settings.host, settings.port, bounds)))
        if settings.metrics_port is not None:
            at = settings.metrics_host, settings.metrics_port, Bounds(), "ITHACA_METRICS_HOST, ITHACA_METRICS_PORT"
            parts.append(asyncio.ensure_future(serve(create_monitor(app), *at)))
        log.info("service.started", role=settings.role.value, port=settings.port)
        stop = asyncio.ensure_future(stopping.wait())
        await asyncio.wait([stop, *parts], return_when=asyncio.FIRST_COMPLETED)
        await _end(parts)
    finally:
        await engine.stop()
        await engine.close()
        log.info("service.stopped")


async def _end(parts: Sequence[asyncio.Future[None]]) -> None:
    """Cancel what still runs; raise what made a part end by itself, since a service is whole or not at all."""
    ended = [part for part in parts if part.done()]
    for part in parts:
        part.cancel()
    await asyncio.gather(*parts, return_exceptions=True)
    for part in ended:
        part.result()
