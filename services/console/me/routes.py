"""The page about whoever looks at it."""

from collections.abc import Sequence
from datetime import datetime

from starlette.responses import Response

from services.console.api import Shown, at
from services.console.frame.capabilities import Capability
from services.console.frame.forms import Key
from services.console.frame.page import CurrentPage
from services.console.frame.texts import msgid
from shared.engine.authoring.grants import PERSON
from shared.web.routes import Pages

routes = Pages(allow=(PERSON,))


class OwnCard(Shown):
    """One's own contact card."""

    name: str
    email: str
    locale: str
    time_zone: str


class Role(Shown):
    """A role that one has."""

    role: str
    program_id: str | None = None
    since: datetime


class Roles(Shown):
    """All of them."""

    roles: Sequence[Role] = ()


class SignedInAt(Shown):
    """One place where one is signed in."""

    id: str
    program: str
    signed_in_at: datetime
    used_at: datetime


@routes.get("/me")
async def show_me(page: CurrentPage) -> Response:
    """Show one's own card, roles, and where one is signed in."""
    card = await page.api.one(OwnCard, "intake", at("/v1/people/{}", page.person_id))
    roles = await page.api.one(Roles, "intake", at("/v1/people/{}/roles", page.person_id))
    places = await page.api.every(SignedInAt, "intake", at("/v1/people/{}/sessions", page.person_id))
    return page.html(
        "me/me.html",
        page.say(msgid("You are %(name)s"), name=card.name),
        card=card,
        roles=roles.roles,
        places=sorted(places, key=lambda one: one.used_at, reverse=True),
        programs={one.id: one.title for one in page.around.programs},
    )


@routes.post("/me/sessions/{session_id}/end")
async def end_session(session_id: str, page: CurrentPage, key: Key) -> Response:
    """Sign out in one other place."""
    await page.api.do("intake", at("/v1/people/{}/sessions/{}/end", page.person_id, session_id), key=key)
    return page.go("/me")


@routes.post("/me/sign-out-everywhere")
async def sign_out_everywhere(page: CurrentPage, key: Key) -> Response:
    """Sign out in all places, this one too."""
    await page.api.do("intake", at("/v1/people/{}/sign-out", page.person_id), key=key)
    return page.go("/sign-in")


me = Capability(routes)
