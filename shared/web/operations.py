"""What an app can be asked for at a path, whoever answers it: a command, or a route behind the edge."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from re import Pattern

from fastapi.params import Form
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import BaseRoute, compile_path


@dataclass(slots=True, frozen=True)
class Operation:
    """Methods of one route. `takes_json` is whether it reads a body of JSON.

    `largest_body` is in bytes, as the route says with `max_body_size`; None if it says nothing.
    """

    path: Pattern[str]
    methods: frozenset[str]
    takes_json: bool
    largest_body: int | None


class Operations:
    """All operations of an app, in the order in which its routes are tried."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self.all = list(_operations(routes))

    def at(self, path: str) -> list[Operation]:
        """Return those that have this path."""
        return [operation for operation in self.all if operation.path.match(path)]


def _operations(routes: Sequence[BaseRoute]) -> Iterator[Operation]:
    for route in iter_route_contexts(routes):
        if route.path is not None and route.methods:
            path = compile_path(route.path)[0]
            methods = route.methods | ({"HEAD"} if "GET" in route.methods else set())
            yield Operation(path, frozenset(methods), _takes_json(route), getattr(route, "max_body_size", None))


def _takes_json(route: RouteContext) -> bool:
    body = getattr(route, "body_field", None)
    return body is not None and not isinstance(body.field_info, Form)
