"""Routes that say who may ask for them.

queries = Routes()

@queries.get("/runs/{run_id}", allow=staff("run.program_id", "matching:read"))
async def show_run(run: Annotated[MatchRun, found(MatchRun, "run_id")]) -> RunView: ...
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse

from shared.engine.authoring.grants import Grant
from shared.web.access import Check

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Register = Callable[[Endpoint], Endpoint]


class Routes(APIRouter):
    """Routes under the version's prefix. Each names whom it is for, unless all of them are for the same."""

    def __init__(self, allow: Sequence[Grant] = (), **options: Any) -> None:  # FastAPI's own
        super().__init__(**options)
        self.allow = allow

    def get(self, path: str, *, allow: Sequence[Grant] = (), **options: Any) -> Callable[[Endpoint], Endpoint]:
        """Answer a read."""
        return _guarded(partial(super().get, path), path, allow or self.allow, options)

    def post(
        self, path: str, *, allow: Sequence[Grant] = (), fresh: bool = False, **options: Any
    ) -> Callable[[Endpoint], Endpoint]:
        """Answer something that is no command as it comes, such as a file; `fresh` as for commands."""
        return _guarded(partial(super().post, path), path, allow or self.allow, options, fresh)


class WholePaths(Routes):
    """Routes whose paths are whole, because a standard names some of them: nothing is put before them."""


class Pages(WholePaths):
    """Routes whose answers people look at: they are in the table of roles, and no part of the API."""

    def __init__(self, allow: Sequence[Grant] = ()) -> None:
        super().__init__(allow, include_in_schema=False, default_response_class=HTMLResponse)


def _guarded(
    register: Callable[..., Any], path: str, allow: Sequence[Grant], options: dict[str, Any], fresh: bool = False
) -> Callable[[Endpoint], Endpoint]:
    def registered(endpoint: Endpoint) -> Endpoint:
        check = Check(path, endpoint, allow, fresh)
        guarded: Endpoint = register(dependencies=[Depends(check)] if allow else [], **options)(endpoint)
        return guarded

    return registered
