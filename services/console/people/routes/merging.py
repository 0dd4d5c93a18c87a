"""The page on which two cards of one person become one: first it says what will happen, and what stands against it."""

from collections.abc import Sequence

from starlette.responses import Response

from services.console.api import ServiceProblem, Shown, at
from services.console.frame.capabilities import Capability
from services.console.frame.forms import Key, Text
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.people.routes.finding import LONGEST, find_people
from services.console.people.views import Card, RoleToGive, role_called, where
from shared.engine.authoring.grants import ADMIN
from shared.web.routes import Pages

routes = Pages(allow=(ADMIN,))


class Against(Shown):
    """Why two cards cannot be merged as they are."""

    code: str
    detail: str


class Merge(Shown):
    """What becomes of two cards."""

    person_id: str
    merged_id: str
    name: str
    dropped_name: str
    applications: Sequence[str] = ()
    matches: Sequence[str] = ()
    roles: Sequence[str] = ()
    sessions: int = 0
    passkeys: int = 0
    refusals: Sequence[Against] = ()


@routes.get("/people/{person_id}/merge")
async def show_merge(person_id: str, page: CurrentPage, q: str = "", merged_id: str = "") -> Response:
    """Find the other card of a person, and show what would come of merging it into this one."""
    return await _show(page, person_id, q.strip()[:LONGEST], merged_id)


@routes.post("/people/{person_id}/merge")
async def merge(person_id: str, page: CurrentPage, key: Key = "", merged_id: Text = "") -> Response:
    """Make one card of two."""
    try:
        await page.api.do("intake", at("/v1/people/{}/merge", person_id), {"merged_id": merged_id}, key)
    except ServiceProblem as problem:
        return await _show(page, person_id, "", merged_id, problem)
    return page.go(at("/people/{}", person_id))


async def _show(page: Page, person_id: str, q: str, merged_id: str, problem: ServiceProblem | None = None) -> Response:
    card = await page.api.one(Card, "intake", at("/v1/people/{}", person_id))
    path = at("/v1/people/{}/merge", person_id)
    dry_run = await page.api.one(Merge, "intake", path, merged_id=merged_id) if merged_id else None
    other = await page.api.one(Card, "intake", at("/v1/people/{}", merged_id)) if dry_run else None
    roles = [RoleToGive.named(name) for name in dry_run.roles] if dry_run else []
    return page.html(
        "people/merge.html",
        _headline(page, card, dry_run),
        problem=problem,
        card=card,
        other=other,
        dry_run=dry_run,
        roles=[(role_called(page, one), where(page, one)) for one in roles],
        q=q,
        found=[one for one in await find_people(page, q) if one.id != person_id] if q else [],
    )


def _headline(page: Page, card: Card, dry_run: Merge | None) -> str:
    if dry_run is None:
        return page.say(msgid("Which other card is of %(name)s?"), name=card.name)
    if dry_run.refusals:
        return page.say(msgid("These two cards stay two for now"))
    return page.say(msgid("Two cards of %(name)s become one"), name=card.name)


merging = Capability(routes)
