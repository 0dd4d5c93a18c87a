"""Who may ask for what over HTTP: each operation says it by `allow` where it stands, and here it is checked.

A grant whose path begins at a parameter of the request is looked at before anything is read, and one whose path begins
at what is `found` as soon as that is read, so that nobody can tell what is not from what they may not see.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, Generic, TypeVar, get_args, get_type_hints

from fastapi import Depends, Request, params
from fastapi.routing import RouteContext

from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.grants import Grant
from shared.engine.authoring.keys import Given, Shape, find
from shared.engine.authoring.permissions import Awaited, Guard, Permission
from shared.engine.authoring.reader import Reader
from shared.errors import NotFound
from shared.web.auth import Caller, current_caller
from shared.web.trail import drafts

A = TypeVar("A", bound=Aggregate)
Endpoint = Callable[..., Any]

NOBODY = Caller("", "service", "")
"""Who asks where no token is needed."""


class Leaves(Enum):
    """Of whom a route leaves a line on the audit trail; `UNSAID` is staff, as nobody has said whose data it shows."""

    NOTHING = auto()
    STAFF = auto()
    ALWAYS = auto()
    UNSAID = auto()


class Found(Generic[A]):
    """Reads what a request names by a parameter of its path or query; raises `NotFound`, for who may not see it too."""

    def __init__(self, kind: type[A], id: str, type: Any) -> None:  # any annotated text
        self.kind, self.id = kind, id
        named = {"request": Request, id: type}
        self.__signature__ = Signature(
            [Parameter(name, Parameter.KEYWORD_ONLY, annotation=one) for name, one in named.items()]
        )

    async def __call__(self, request: Request, **named: str) -> A:
        """Return it, if who asks may ask about it."""
        caller, id = await current_caller(request), named[self.id]
        items = await Reader(request.app.state.store, caller.tenant).many(self.kind, [id])
        if not items or not self._is_admitted(request, items[0]):
            raise NotFound.of(self.kind.collection, id)
        return items[0]

    def _is_admitted(self, request: Request, item: A) -> bool:
        awaited: Awaited | None = request.scope.get("awaited", {}).get(self)
        if awaited is None:
            return True
        granted = awaited.granted(request, {awaited.need: item})
        if granted is not None:
            _note(request, granted)
        return granted is not None


def found(kind: type[A], id: str, type: Any = str) -> Any:  # as FastAPI types it; any annotated text
    """Return the dependency of a query on what its parameter `id` names: `Annotated[Run, found(Run, "run_id")]`."""
    return Depends(Found(kind, id, type))


class Check:
    """Checks who asks for a route that is no command, and begins its line on the audit trail if it leaves one."""

    def __init__(self, path: str, endpoint: Endpoint, allow: Sequence[Grant], fresh: bool, leaves: Leaves) -> None:
        self.leaves = leaves
        self.loads = _loads(endpoint)
        guards = [_guard(grant, endpoint, path, self.loads) for grant in allow]
        self.permission = Permission(endpoint.__name__, guards, fresh)

    async def __call__(self, request: Request) -> None:
        """Let who may ask go on; raises `NotAllowed`, `NotFound`, `SignInTooOld`."""
        if self.leaves is not Leaves.NOTHING:
            drafts.begin_route(request, self.permission.operation, on_record=self.leaves is Leaves.ALWAYS)
        decided = self.permission.decide(request.scope.get("caller", NOBODY), request)
        if isinstance(decided, Awaited):
            request.scope["awaited"] = {self.loads[decided.need]: decided}
        else:
            _note(request, decided)


def check_of(route: RouteContext) -> Check | None:
    """Return what checks a route that is no command, if it says whom it is for."""
    checks = (one.dependency for one in getattr(route, "dependencies", ()))
    return next((one for one in checks if isinstance(one, Check)), None)


def _loads(endpoint: Endpoint) -> dict[str, Found[Any]]:
    """What an endpoint finds, by the names of its parameters."""
    hints = get_type_hints(endpoint, include_extras=True)
    meanings = {name: get_args(hint)[1:] for name, hint in hints.items()}
    given = {name: one.dependency for name, ones in meanings.items() for one in ones if isinstance(one, params.Depends)}
    return {name: one for name, one in given.items() if isinstance(one, Found)}


def _guard(grant: Grant, endpoint: Endpoint, path: str, loads: Mapping[str, Found[Any]]) -> Guard:
    """The way from a request to what a grant depends on."""
    head = grant.path.partition(".")[0]
    if not grant.path:
        return Guard(grant)
    if head in loads:
        key = find(grant.path, (), {name: Given(load.kind, Shape()) for name, load in loads.items()})
        return Guard(grant, key.function, key.needs)
    if f"{{{head}}}" not in path and head not in _fields(endpoint):
        raise TypeError(f"{endpoint.__name__}: {grant.path} is no parameter of it, and begins at nothing that is found")
    return Guard(grant, lambda request: request.path_params.get(head) or request.query_params.get(head))


def _fields(endpoint: Endpoint) -> set[str]:
    """The parameters of a query, those in its models too."""
    models = get_type_hints(endpoint).values()
    return set(signature(endpoint).parameters).union(*(getattr(model, "model_fields", ()) for model in models))


def _note(request: Request, granted: Grant) -> None:
    request.scope["granted"] = granted
    drafts.grant(granted)


async def _granted_by(request: Request) -> Grant:
    granted: Grant = request.scope["granted"]
    return granted


GrantedBy = Annotated[Grant, Depends(_granted_by)]
"""By which of its grants somebody may ask; a parameter of this type stands behind what is found."""
