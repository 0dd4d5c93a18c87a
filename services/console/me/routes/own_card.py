"""The pages about oneself: the card and the roles that one has, and who has looked at one."""

from typing import Annotated, Any

from fastapi import Form
from starlette.responses import Response

from services.console.api import ServiceProblem, Shown, at
from services.console.audit.telling import capacity, told
from services.console.frame.capabilities import Capability
from services.console.frame.choices import languages, zones
from services.console.frame.forms import Key, Text
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.me.views import looks, sides
from services.console.people.changes import Change, Correction
from services.console.people.views import Card, Roles, RoleToGive, names_of, role_called, where
from shared.engine.authoring.grants import PERSON
from shared.web.routes import Pages

routes = Pages(allow=(PERSON,))

SEEN = 100
"""Lines on the page of who has looked."""


class AddressOutcome(Shown):
    """What has become of a new address."""

    counts: bool = False


@routes.get("/me")
async def show_me(page: CurrentPage) -> Response:
    """Show one's own card and roles."""
    return await _show(page)


@routes.post("/me/card")
async def correct(page: CurrentPage, form: Annotated[Correction, Form()]) -> Response:
    """Correct one's own card."""
    return await _do(page, Change(what="correct", body=form.body, key=form.key))


@routes.post("/me/show-email")
async def show_email(page: CurrentPage, key: Key = "", shows_email: Annotated[bool, Form()] = False) -> Response:
    """Say whether those with whom one is matched are told one's address."""
    return await _do(page, Change(what="show-email", body={"shows_email": shows_email}, key=key))


@routes.post("/me/address")
async def change_address(page: CurrentPage, key: Key = "", email: Text = "") -> Response:
    """Ask for another address."""
    return await _do(page, Change(what="address", body={"email": email.strip()}, key=key))


@routes.post("/me/address/stop")
async def keep_address(page: CurrentPage, key: Key = "") -> Response:
    """Leave the address as it is."""
    return await _do(page, Change(what="address/stop", key=key))


@routes.post("/me/address/confirm")
async def confirm_address(page: CurrentPage, key: Key = "", code: Text = "") -> Response:
    """Confirm the new address with the code of the mail: all sessions end, and the next sign-in is by the new one."""
    change = Change(what="address/confirm", body={"code": "".join(code.split())}, key=key)
    try:
        done = await page.api.do("intake", at("/v1/people/{}/address/confirm", page.person_id), change.body, key)
    except ServiceProblem as problem:
        return await _show(page, problem, change)
    return page.go("/sign-in" if AddressOutcome.model_validate(done.body).counts else "/me")


@routes.post("/me/roles/leave")
async def leave_role(page: CurrentPage, key: Key = "", role: Text = "") -> Response:
    """Give a role back."""
    return await _do(page, Change(what="roles/leave", body=RoleToGive.named(role).body, key=key))


@routes.get("/me/seen")
async def show_seen(page: CurrentPage) -> Response:
    """Show who has looked at one's data, or changed it."""
    seen, away = await looks(page, SEEN)
    names = await names_of(page, [one.actor for one in seen])
    title = page.say_number("Others looked at you once", "Others looked at you %(num)s times", len(seen))
    return page.html(
        "me/seen.html",
        title if seen else page.say(msgid("Nobody else has looked at you")),
        sides=sides(page, "/me/seen"),
        rows=[(one, names.get(one.who), told(page, one.operation), capacity(page, one.role)) for one in seen],
        is_full=len(seen) == SEEN,
        away=away,
    )


async def _do(page: Page, change: Change) -> Response:
    """Do it, and show one's card; where it cannot be done, say why beside what was typed."""
    try:
        await page.api.do("intake", at("/v1/people/{}/" + change.what, page.person_id), change.body, change.key)
    except ServiceProblem as problem:
        return await _show(page, problem, change)
    return page.go("/me")


async def _show(page: Page, problem: ServiceProblem | None = None, tried: Change | None = None) -> Response:
    card = await page.api.one(Card, "intake", at("/v1/people/{}", page.person_id))
    roles = await page.api.one(Roles, "intake", at("/v1/people/{}/roles", page.person_id))
    typed: dict[str, Any] = card.model_dump() | (tried.body if tried else {})
    return page.html(
        "me/me.html",
        page.say(msgid("You are %(name)s"), name=card.name),
        problem=problem,
        sides=sides(page, "/me"),
        card=card,
        typed=typed,
        tried=tried.what if tried else "",
        languages=languages(card.locale),
        zones=zones(),
        roles=[(one, role_called(page, one), where(page, one)) for one in roles.roles],
    )


me = Capability(routes)
