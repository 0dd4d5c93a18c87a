"""All services of a cell on this machine's loopback, with broker and database in memory: what pages are tried on.

They run in a thread of their own, so that a test asks them as a browser does.
"""

import asyncio
import os
import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from aiosmtpd.smtp import Envelope
from pydantic import SecretStr

from services.console.live.hub import hub_of
from services.console.settings import ConsoleSettings
from services.intake.settings import IntakeSettings
from shared.clock import system_clock
from shared.engine.process.samples import Sampling
from shared.settings import Settings
from shared.web.app import create_app
from tests.journeys.cell import Cell, running
from tests.services.console.backing import Backing, in_memory
from tests.services.console.outages import LOOPBACK, Serving
from tests.services.console.world import KEY, OPERATOR_SECRET, TENANT, World
from tests.waiting import PATIENCE


class Place(NamedTuple):
    """Where a cell keeps its keys, and whether browsers make passkeys for it."""

    folder: Path
    has_passkeys: bool


@contextmanager
def world(
    folder: Path, mails: list[Envelope], backing: Callable[[], Backing] = in_memory, *, has_passkeys: bool = False
) -> Iterator[World]:
    """A cell that runs until the end of the block; with passkeys, for pages at `localhost`."""
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=loop.run_forever, name="cell")
    thread.start()
    try:
        made: asyncio.Future[World] = asyncio.run_coroutine_threadsafe(_made(), loop).result()
        place = Place(folder, has_passkeys)
        running_cell = asyncio.run_coroutine_threadsafe(_run(place, backing, made, stop), loop)
        found = asyncio.run_coroutine_threadsafe(_first(made, running_cell), loop).result(PATIENCE)
        found.mails = mails
        yield found
        loop.call_soon_threadsafe(stop.set)
        running_cell.result(PATIENCE)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _made() -> "asyncio.Future[World]":
    return asyncio.get_running_loop().create_future()


async def _first(made: "asyncio.Future[World]", work: Any) -> World:
    """The world, unless what makes it has failed."""
    done, _ = await asyncio.wait([made, asyncio.wrap_future(work)], return_when=asyncio.FIRST_COMPLETED)
    for one in done:
        one.result()
    return made.result()


async def _run(
    place: Place, backing: Callable[[], Backing], made: "asyncio.Future[World]", stop: asyncio.Event
) -> None:
    async with running(*backing(), system_clock) as cell:
        cell.tenant = TENANT
        organization = {"slug": TENANT, "name": "Harbor", "locale": "en", "time_zone": "Europe/Rome"}
        await cell.ask("intake", "RegisterOrganization", "operator/root", **organization)
        ports = {name: _free_port() for name in cell.engines}
        apps = {name: _app(cell, name, ports, place) for name in ports}
        serving = Serving(apps, ports)
        serving.start(*ports)
        sampling = [asyncio.ensure_future(Sampling(engine, "all").run()) for engine in cell.engines.values()]
        made.set_result(World(asyncio.get_running_loop(), cell, serving))
        await stop.wait()
        await serving.stop(*serving.running)
        for one in sampling:
            one.cancel()
        await asyncio.gather(*sampling, return_exceptions=True)
        if following := hub_of(apps["console"].state).following:
            following.cancel()


def _app(cell: Cell, name: str, ports: dict[str, int], place: Place) -> Any:
    engine = cell.engines[name]
    app = create_app(engine.service, engine.submit, engine.store, _settings(name, ports, place))
    app.state.engine = engine
    return app


def _settings(name: str, ports: dict[str, int], place: Place) -> Settings:
    issuer = f"http://{LOOPBACK}:{ports['intake']}"
    match name:
        case "intake":
            key = SecretStr(b64encode(KEY).decode())
            return IntakeSettings(
                signing_key_file=place.folder / "keys.json",
                sign_in_key=key,
                issuer=issuer,
                public_url=f"http://localhost:{ports['console']}" if place.has_passkeys else None,
                provider_networks="127.0.0.0/8",
                provider_page=f"http://{LOOPBACK}:{ports['console']}/sign-in/provider",
                operator_client_secret=SecretStr(OPERATOR_SECRET),
                open_to_anybody=True,
            )
        case "console":
            at = ",".join(f"{name}=http://{LOOPBACK}:{port}" for name, port in ports.items())
            os.environ["ITHACA_SERVICES_AT"] = at  # for what is done without a request
            return ConsoleSettings(services_at=at, issuer=issuer, held_key=SecretStr(b64encode(KEY).decode()))
    return Settings(issuer=issuer)


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as found:
        return int(found.getsockname()[1])
