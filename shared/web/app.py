"""The app of a service: its commands and reads over HTTP, with everything that holds for all of them."""

from collections.abc import Collection, Iterator
from functools import cache, partial
from http import HTTPStatus
from importlib.metadata import version
from inspect import getdoc
from random import SystemRandom

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from shared.clock import Clock
from shared.engine.authoring.handlers import Handler, Http
from shared.engine.authoring.service import Service
from shared.engine.ports.store import Store, StoreError
from shared.errors import Refusal
from shared.ids import new_ids
from shared.settings import Role, Settings
from shared.trail.seal import Seals
from shared.web import document, problems
from shared.web.admin.routes import admin
from shared.web.auth import Verifier
from shared.web.commands import CommandRoute, CommandSender, Submit, endpoint
from shared.web.cors import Cors
from shared.web.edge import Edge
from shared.web.front import front
from shared.web.health import health, scraping
from shared.web.issuer_keys import IssuerKeys, fetch_from
from shared.web.locations import PREFIX, folder_of, readable
from shared.web.now import clock_of
from shared.web.operations import Operations
from shared.web.revocations import Revocations
from shared.web.role_lookup import RoleLookup
from shared.web.routes import WholePaths
from shared.web.table import open_paths, table
from shared.web.timers import timers
from shared.web.trail.queries import trail

RENDERED = (Refusal, StoreError, HTTPException, RequestValidationError)
"""What FastAPI turns into problems where it is raised; all else passes through it to the edge."""


def create_app(
    service: Service, submit: Submit, store: Store, settings: Settings, verifier: Verifier | None = None
) -> FastAPI:
    """Return what answers a service's requests.

    Each command is a route under `/v1`, unless its path is empty: then only a route of the service's own asks for it.
    Routers are mounted under `/v1` too, those with `WholePaths` as they are. `submit` hands a command to the executor.
    Raises `TypeError` for an operation that does not say who may ask for it.
    A worker answers those who look after it, and nobody else: it has neither commands nor reads. Without a `verifier`,
    tokens are checked with the keys that the issuer in the settings publishes. For operators, and for the time of the
    database, `app.state.engine` is to be set.
    """
    app = FastAPI(
        title=service.title,
        version=version("ithaca"),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        strict_content_type=False,  # the edge has looked at it
        telemetry={"tracing": False, "metrics": False, "logs": False},  # looks into the environment at each request
        generate_unique_id_function=lambda route: route.name,
        exception_handlers=dict.fromkeys(RENDERED, problems.handler),
    )
    handlers = {handler.takes: handler for handler in service.commands}
    app.state.store, app.state.settings = store, settings
    app.state.seals = Seals(settings.dead_letter_keys, service.name)
    clock = clock_of(app)
    app.state.verifier = verifier or _verifier(settings, clock, store)
    new_id, is_suspended = new_ids(clock, SystemRandom()), app.state.verifier.is_suspended
    app.state.send = send = CommandSender(handlers, submit, new_id, is_suspended)
    is_worker = settings.role is Role.WORKER
    commands = [] if is_worker else list(_commands(service, send))
    app.router.routes.extend(commands)
    metrics_here = () if settings.metrics_port is not None else (scraping,)
    for router in (front, health, *metrics_here, admin, *(() if is_worker else (timers, trail, *service.routers))):
        app.include_router(router, prefix="" if isinstance(router, WholePaths) else PREFIX)
    rows = table(service, app)
    app.add_middleware(Edge, app.state.verifier, commands, Operations(app.routes), open_paths(rows, app))
    if settings.allowed_origins:
        app.add_middleware(Cors, settings.allowed_origins)
    for middleware in () if is_worker else service.middleware:
        app.add_middleware(middleware)
    names, issuer = {route.name for route in commands}, settings.issuer
    app.openapi = cache(partial(document.openapi, app, names, rows, issuer))  # type: ignore[method-assign]
    return app


def create_monitor(app: FastAPI) -> FastAPI:
    """Return what answers at an address of its own how the process of `app` is: probes and metrics, without tokens."""
    monitor = FastAPI(openapi_url=None, exception_handlers=dict.fromkeys(RENDERED, problems.handler))
    monitor.state = app.state
    monitor.include_router(health)
    monitor.include_router(scraping)
    return monitor


def _verifier(settings: Settings, clock: Clock, store: Store) -> Verifier:
    keys, revocations = IssuerKeys(fetch_from(settings.keys_from), clock), Revocations(store, clock)
    return Verifier(keys, settings.issuer, settings.audience, clock, revocations, RoleLookup(store))


def _commands(service: Service, send: CommandSender) -> Iterator[CommandRoute]:
    folders = readable(service.routers)
    for handler in service.commands:
        if handler.http and handler.http.path:
            yield _route(handler, handler.http, send, folders)


def _route(handler: Handler, http: Http, send: CommandSender, readable: Collection[str]) -> CommandRoute:
    path, result = PREFIX + http.path, document.result(handler)
    makes = http.status == HTTPStatus.CREATED and "id" in result.model_fields
    folder = folder_of(path, readable) if makes else None
    answer = endpoint(handler, send, folder)
    answer.__signature__ = document.signature(handler, http.path)  # type: ignore[attr-defined]  # read by FastAPI
    return CommandRoute(
        path,
        answer,
        methods=["POST"],
        name=handler.name,
        operation_id=handler.name,
        description=getdoc(handler.takes),
        status_code=http.status,
        response_model=result,
        responses={http.status: {"headers": document.ETAG | (document.LOCATION if folder else {})}},
    )
