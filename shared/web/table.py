"""The table of a service: whom each of its operations is for. One that names nobody keeps the service from starting."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.responses import HTMLResponse

from shared.engine.authoring.grants import ANYONE
from shared.engine.authoring.permissions import Permission
from shared.engine.authoring.service import Service
from shared.web.access import Leaves, check_of
from shared.web.commands import CommandRoute

AUDITED = {Leaves.NOTHING: "nobody", Leaves.STAFF: "staff", Leaves.ALWAYS: "everybody", Leaves.UNSAID: "staff"}


@dataclass(slots=True, frozen=True)
class Row:
    """One operation: its name, its path, whom it is for, and of whom it leaves a line on the audit trail.

    A page is what people look at, and no part of the API.
    """

    name: str
    path: str
    permission: Permission
    leaves: Leaves
    method: str = ""
    words: str = ""
    is_page: bool = False

    @property
    def audited(self) -> str:
        """Who is put on the audit trail who asks for it: nobody, those who look after others, or everybody."""
        return "nobody" if self.is_open else AUDITED[self.leaves]

    @property
    def is_open(self) -> bool:
        """Whether it takes no token."""
        return ANYONE in self.permission.grants


def table(service: Service, app: FastAPI) -> list[Row]:
    """Return whom the operations of an app are for; raises `TypeError` for one that does not say it."""
    rows = [_row(service, route) for route in _routes(app)]
    closed = {row.path for row in rows if not row.is_open}
    for row in rows:
        if row.is_open and ("{" in row.path or row.path in closed):
            raise TypeError(f"{service.name}: {row.name} takes no token: give it a whole path, and that to itself")
    return rows


def open_paths(rows: Sequence[Row], app: FastAPI) -> frozenset[str]:
    """Return the paths that take no token: those of operations for anyone, and of the document."""
    return frozenset({row.path for row in rows if row.is_open} | ({app.openapi_url} if app.openapi_url else set()))


def _routes(app: FastAPI) -> Iterator[RouteContext]:
    return (one for one in iter_route_contexts(app.routes) if isinstance(one.original_route, APIRoute))


def _row(service: Service, route: RouteContext) -> Row:
    name, path = str(route.name), str(route.path)
    http = service.by_name[name].http if isinstance(route.original_route, CommandRoute) else None
    check = None if http else check_of(route)
    permission = http.permission if http else check.permission if check else None
    if permission is None:
        raise TypeError(f"{service.name}: nobody is named who may ask for {path}: give {name} an allow")
    found = route.original_route
    assert isinstance(found, APIRoute)
    is_page = not found.include_in_schema and found.response_class is HTMLResponse
    leaves = check.leaves if check else Leaves.ALWAYS if http and http.on_record else Leaves.STAFF
    words = found.description.partition("\n")[0]
    return Row(name, path, permission, leaves, min(found.methods or ()), words, is_page)
