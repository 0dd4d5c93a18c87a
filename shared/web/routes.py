"""Routes that say who may ask for them, and whose data they show.

queries = Routes()

@queries.get("/matches/{match_id}", allow=staff("match.program_id", "matching:read"), shows=of_people("mentor_id"))
async def show_match(match: Annotated[Match, found(Match, "match_id")]) -> MatchView: ...
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse

from shared.engine.authoring.grants import Grant
from shared.web.access import Check, Leaves
from shared.web.trail.shown import NOBODY, SELECTED, Shown, check, noting

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


class Routes(APIRouter):
    """Routes under the version's prefix. Each names whom it is for and whom it shows, unless it is the same of all."""

    posts_leave = Leaves.STAFF

    def __init__(
        self, allow: Sequence[Grant] = (), shows: Shown | None = None, **options: Any
    ) -> None:  # FastAPI's own
        super().__init__(**options)
        self.allow, self.shows = allow, shows

    def get(
        self, path: str, *, allow: Sequence[Grant] = (), shows: Shown | None = None, **options: Any
    ) -> Callable[[Endpoint], Endpoint]:
        """Answer a read, which `shows` data of these people."""
        said = shows or self.shows
        shown = said or SELECTED

        def registered(endpoint: Endpoint) -> Endpoint:
            check(endpoint, shown)
            answered = noting(endpoint, shown) if shown.paths else endpoint
            checked = Check(path, endpoint, allow or self.allow, False, _leaves(shown) if said else Leaves.UNSAID)
            APIRouter.get(self, path, dependencies=_asked(checked), **options)(answered)
            return endpoint

        return registered

    def post(
        self, path: str, *, allow: Sequence[Grant] = (), fresh: bool = False, **options: Any
    ) -> Callable[[Endpoint], Endpoint]:
        """Answer something that is no command as it comes, such as a file; `fresh` as for commands."""

        def registered(endpoint: Endpoint) -> Endpoint:
            checked = Check(path, endpoint, allow or self.allow, fresh, self.posts_leave)
            APIRouter.post(self, path, dependencies=_asked(checked), **options)(endpoint)
            return endpoint

        return registered


class WholePaths(Routes):
    """Routes whose paths are whole, because a standard names some of them: nothing is put before them."""


class Pages(WholePaths):
    """Routes whose answers people look at: they are in the table of roles, and no part of the API.

    What they show and do they ask services for, as whoever looks at them: there it leaves its line.
    """

    posts_leave = Leaves.NOTHING

    def __init__(self, allow: Sequence[Grant] = ()) -> None:
        super().__init__(allow, NOBODY, include_in_schema=False, default_response_class=HTMLResponse)


def _leaves(shown: Shown) -> Leaves:
    if shown.whoever:
        return Leaves.ALWAYS
    return Leaves.STAFF if shown.is_anybody else Leaves.NOTHING


def _asked(check: Check) -> list[Any]:  # FastAPI's own
    """What is asked before a route, if it says whom it is for: a service with one that does not never starts."""
    return [Depends(check)] if check.permission.guards else []
