"""The app of a service: its commands and reads over HTTP, with everything that holds for all of them."""

from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import version
from random import SystemRandom
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from shared.clock import system_clock
from shared.engine.service import Service
from shared.engine.store import Store, StoreError
from shared.errors import Refusal
from shared.ids import new_ids
from shared.settings import Settings
from shared.web import document, problems
from shared.web.auth import Verifier
from shared.web.commands import Asking, CommandRoute, Submit, endpoint
from shared.web.edge import OPEN, Edge
from shared.web.health import health
from shared.web.issuer_keys import IssuerKeys, fetch_from

PREFIX = "/v1"


class WholePaths(APIRouter):
    """Routes whose paths are whole, because a standard names some of them: nothing is put before them."""


def create_app(
    service: Service, submit: Submit, store: Store, settings: Settings, verifier: Verifier | None = None
) -> FastAPI:
    """What answers a service's requests.

    Each command is a route under `/v1`, unless its path is empty: then only a route of the service's own asks for it.
    Routers are mounted under `/v1` too, those with `WholePaths` as they are. `submit` hands a command to the executor.
    Without a `verifier`, tokens are checked with the keys that the issuer in the settings publishes.
    """
    app = FastAPI(
        title=service.title,
        version=version("ithaca"),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        exception_handlers=dict.fromkeys((Refusal, StoreError, HTTPException, RequestValidationError), problems.handler),
    )
    handlers = {handler.takes: handler for handler in service.commands}
    app.state.store, app.state.settings = store, settings
    app.state.ask = Asking(handlers, submit, new_ids(system_clock, SystemRandom()))
    commands = list(_commands(service, app.state.ask))
    app.router.routes.extend(commands)
    for router in (health, *service.routers):
        app.include_router(router, prefix="" if isinstance(router, WholePaths) else PREFIX)
    verifier = verifier or _verifier(settings)
    app.add_middleware(Edge, verifier=verifier, commands=commands, limits=list(_limits(service)))
    app.openapi = _openapi(app, {route.name for route in commands})  # type: ignore[method-assign]
    return app
