"""The card of a person: what it says, which roles they have, and whether they get in."""

from typing import Annotated, Any

from fastapi import Form
from starlette.responses import Response

from services.console.api import ServiceProblem, at
from services.console.frame.capabilities import Capability
from services.console.frame.choices import languages, zones
from services.console.frame.forms import Key, Text
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.people.changes import Change, Correction
from services.console.people.views import Card, Places, Roles, RoleToGive, role_called, roles_to_give, where
from shared.engine.authoring.grants import ADMIN, Manager
from shared.web.routes import Pages

routes = Pages(allow=(ADMIN,))

LOOK = ADMIN, Manager
"""Who sees cards and corrects them: managers those of their programs, as intake knows them."""


@routes.get("/people/{person_id}", allow=LOOK)
async def show_card(person_id: str, page: CurrentPage) -> Response:
    """Show the card of a person."""
    return await _show(page, person_id)


@routes.post("/people/{person_id}/correct", allow=LOOK)
async def correct(person_id: str, page: CurrentPage, form: Annotated[Correction, Form()]) -> Response:
    """Correct what a card says."""
    return await _do(page, person_id, Change(what="correct", body=form.body, key=form.key))


@routes.post("/people/{person_id}/address", allow=LOOK)
async def change_address(person_id: str, page: CurrentPage, key: Key = "", email: Text = "") -> Response:
    """Ask for another address."""
    return await _do(page, person_id, Change(what="address", body={"email": email.strip()}, key=key))


@routes.post("/people/{person_id}/address/stop", allow=LOOK)
async def keep_address(person_id: str, page: CurrentPage, key: Key = "") -> Response:
    """Leave the address as it is."""
    return await _do(page, person_id, Change(what="address/stop", key=key))


@routes.post("/people/{person_id}/roles")
async def give_role(person_id: str, page: CurrentPage, key: Key = "", role: Text = "") -> Response:
    """Give a role."""
    return await _do(page, person_id, Change(what="roles", body=RoleToGive.named(role).body, key=key))


@routes.post("/people/{person_id}/roles/revoke")
async def take_role(person_id: str, page: CurrentPage, key: Key = "", role: Text = "") -> Response:
    """Take a role away."""
    return await _do(page, person_id, Change(what="roles/revoke", body=RoleToGive.named(role).body, key=key))


@routes.post("/people/{person_id}/suspend")
async def suspend(person_id: str, page: CurrentPage, key: Key = "") -> Response:
    """Let a person in no longer."""
    return await _do(page, person_id, Change(what="suspend", key=key))


@routes.post("/people/{person_id}/resume")
async def resume(person_id: str, page: CurrentPage, key: Key = "") -> Response:
    """Let a person in again."""
    return await _do(page, person_id, Change(what="resume", key=key))


@routes.post("/people/{person_id}/passkeys/remove-all")
async def remove_passkeys(person_id: str, page: CurrentPage, key: Key = "") -> Response:
    """Have all passkeys of somebody count no longer who has lost them."""
    return await _do(page, person_id, Change(what="passkeys/remove-all", key=key))


@routes.post("/people/{person_id}/provider-account/unlink")
async def unlink_account(person_id: str, page: CurrentPage, key: Key = "") -> Response:
    """Let a person come with another account of the organization's provider."""
    return await _do(page, person_id, Change(what="provider-account/unlink", key=key))


async def _do(page: Page, person_id: str, change: Change) -> Response:
    """Do it, and show the card; where it cannot be done, say why beside what was typed."""
    try:
        await page.api.do("intake", at("/v1/people/{}/" + change.what, person_id), change.body, change.key)
    except ServiceProblem as problem:
        return await _show(page, person_id, problem, change)
    return page.go(at("/people/{}", person_id))


async def _show(
    page: Page, person_id: str, problem: ServiceProblem | None = None, tried: Change | None = None
) -> Response:
    card = await page.api.one(Card, "intake", at("/v1/people/{}", person_id))
    if card.merged_into:
        return page.go(at("/people/{}", card.merged_into))
    is_admin = "admin" in page.caller.roles
    return page.html(
        "people/card.html",
        card.name,
        problem=problem,
        card=card,
        typed=card.model_dump() | (tried.body if tried else {}),
        tried=tried.what if tried else "",
        languages=languages(card.locale),
        zones=zones(),
        is_admin=is_admin,
        **(await _of_admins(page, person_id) if is_admin else {}),
    )


async def _of_admins(page: Page, person_id: str) -> dict[str, Any]:
    """What only those see who run the organization: roles, and where the person is signed in."""
    roles = await page.api.one(Roles, "intake", at("/v1/people/{}/roles", person_id))
    return {
        "roles": [(one, role_called(page, one), where(page, one)) for one in roles.roles],
        "invited": [(one, role_called(page, one), where(page, one)) for one in roles.open(page.now)],
        "giveable": roles_to_give(page),
        "places": await page.api.one(Places, "intake", at("/v1/people/{}/sessions", person_id)),
        "people_crumb": [{"title": page.say(msgid("People")), "href": "/people"}],
    }


person_card = Capability(routes)
