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
from functools import partial
from importlib.metadata import version
from random import SystemRandom

import structlog

from shared import event_loop
from shared.clock import system_clock
from shared.doctor.command import doctor
from shared.engine.authoring.service import Service
from shared.engine.execution.executor import Limits
from shared.engine.failures.sealer import ContentSealer
from shared.engine.kafka.access import access_of
from shared.engine.kafka.bus import KafkaBus
from shared.engine.mongo.store import MongoStore
from shared.engine.ports.bus import NotAdmitted
from shared.engine.ports.store import NotPermitted, StoreError
from shared.engine.process.engine import Engine, ProcessOptions
from shared.engine.process.obstacles import obstacles, patiently
from shared.engine.process.samples import Sampling
from shared.engine.process.shutdown import ended
from shared.engine.recovery.maintenance import Maintenance
from shared.engine.recovery.republication import NotEmpty, StillRunning, TooLongAgo, republish
from shared.observe import logs, metrics, traces
from shared.settings import Role, Settings, SettingsWrong
from shared.web.app import create_app, create_monitor
from shared.web.bounds import Bounds
from shared.web.server import serve

log = structlog.get_logger()

MIGRATE_SECONDS = 45.0
"""How long a database or a broker that is not there yet is waited for by somebody who waits for the end."""

STOP_SECONDS = 9.5
ANSWER_SECONDS = 4.5
"""Of these, for requests under way, which are answered within that time."""
CLOSE_SECONDS = 1.0
"""Of these, for giving connections back."""


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
        event_loop.run(_work(service, settings, sys.argv[1:]))
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
    except NotAdmitted as error:
        sys.exit(
            f"{service.name} cannot work with the broker: {error}\n"
            "Look at ITHACA_KAFKA_USERNAME, ITHACA_KAFKA_PASSWORD and ITHACA_KAFKA_CA_FILE."
        )
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
    """Make the collections, indexes and topics that are missing, once database and broker answer."""
    engine = assemble(service, settings)
    try:
        await patiently(engine.prepare, MIGRATE_SECONDS)
    finally:
        await engine.close()


async def _republish(service: Service, settings: Settings, since: datetime) -> None:
    """Make the topics that are missing, and have everything published again that was stored since then."""
    engine = assemble(service, settings)
    try:
        await engine.prepare()
        done = await republish(engine, since)
        log.info("service.republished", events=done.events, states=done.states, withdrawn=done.withdrawn)
    finally:
        await engine.close()


def assemble(service: Service, settings: Settings) -> Engine:
    """Return the engine of one process on the real database and broker."""
    store = MongoStore(settings.mongo_url, settings.database(service.name))
    owner = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
    bus = KafkaBus(settings.kafka_bootstrap, settings.topic_replication, access_of(settings), owner)
    options = ProcessOptions(
        owner,
        settings.cell,
        settings.lease_seconds,
        settings.queue_limit,
        keep_lines=settings.keep_lines,
        trail_keys=settings.dead_letter_keys,
    )
    limits = Limits(largest=settings.batch_limit, shards=settings.shards)
    return Engine(
        service, store, bus, system_clock, SystemRandom(), options, limits, ContentSealer(settings.dead_letter_keys)
    )


async def _serve(service: Service, settings: Settings) -> None:
    """Answer requests, and work, until a signal comes or a part ends by itself; then stop in order."""
    engine = assemble(service, settings)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    app = create_app(service, engine.submit, engine.store, settings)
    app.state.engine = engine
    works = [stopping.wait(), serve(app, settings.host, settings.port, Bounds(connections=settings.connection_limit))]
    if settings.metrics_port is not None:
        at = settings.metrics_host, settings.metrics_port, Bounds(), "ITHACA_METRICS_HOST, ITHACA_METRICS_PORT"
        works.append(serve(create_monitor(app), *at))
    parts = [asyncio.ensure_future(work) for work in (*works, _run(engine, settings))]
    try:
        done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await _stop(engine, parts)
        log.info("service.stopped")
    for part in done:  # a service is whole or not at all
        part.result()


async def _run(engine: Engine, settings: Settings) -> None:
    """Wait for what the process needs, start it, and look after it until cancelled, or until a part ends by itself.

    Meanwhile whoever looks after the process is answered: it lives, and is not ready.
    """
    if found := await patiently(partial(obstacles, engine)):
        raise NotPrepared("\n".join(found))
    is_worker = settings.role is not Role.API
    await engine.start(worker=is_worker)
    log.info("service.started", role=settings.role.value, port=settings.port)
    spare_the_collector()
    sampling = Sampling(engine, settings.role.value, await engine.bus.identity())
    parts = [engine.watch(), sampling.run()]
    if is_worker:
        parts.append(Maintenance(engine).run())
    running = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for part in done:
            part.result()
    finally:
        for part in running:
            part.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _stop(engine: Engine, parts: Sequence[asyncio.Task[object]]) -> None:
    """Within `STOP_SECONDS`, whatever is away: the requests under way first, then the work, then the connections."""
    now = asyncio.get_running_loop().time
    until = now() + STOP_SECONDS
    for part in parts:
        part.cancel()
    await ended(parts, ANSWER_SECONDS)
    await engine.stop(until - CLOSE_SECONDS - now())
    await ended([asyncio.ensure_future(engine.close())], CLOSE_SECONDS)
