"""The page of how one gets in: passkeys, and where one is signed in."""

import json
from base64 import urlsafe_b64decode

from starlette.responses import Response

from services.console.api import ServiceProblem, at
from services.console.frame.capabilities import Capability
from services.console.frame.forms import Key, Text
from services.console.frame.page import CurrentPage, Page
from services.console.me.views import Passkeys, sides
from services.console.people.views import Places
from shared.engine.authoring.grants import PERSON
from shared.web.routes import Pages

routes = Pages(allow=(PERSON,))

HERE = "/me/signing-in"


@routes.get(HERE)
async def show_signing_in(page: CurrentPage) -> Response:
    """Show one's passkeys, and where one is signed in."""
    return await _show(page)


@routes.post("/me/passkeys/{passkey_id}/rename")
async def rename_passkey(passkey_id: str, page: CurrentPage, key: Key = "", name: Text = "") -> Response:
    """Call a passkey otherwise."""
    return await _do(page, at("passkeys/{}/rename", passkey_id), key, {"name": name})


@routes.post("/me/passkeys/{passkey_id}/remove")
async def remove_passkey(passkey_id: str, page: CurrentPage, key: Key = "") -> Response:
    """Have a passkey let nobody in any more."""
    return await _do(page, at("passkeys/{}/remove", passkey_id), key)


@routes.post("/me/sessions/{session_id}/end")
async def end_session(session_id: str, page: CurrentPage, key: Key = "") -> Response:
    """Sign out in one other place."""
    return await _do(page, at("sessions/{}/end", session_id), key)


@routes.post("/me/sign-out-everywhere")
async def sign_out_everywhere(page: CurrentPage, key: Key = "") -> Response:
    """Sign out in all places, this one too."""
    await page.api.do("intake", at("/v1/people/{}/sign-out", page.person_id), key=key)
    return page.go("/sign-in")


async def _do(page: Page, what: str, key: str, body: dict[str, str] | None = None) -> Response:
    try:
        await page.api.do("intake", at("/v1/people/{}/", page.person_id) + what, body, key)
    except ServiceProblem as problem:
        return await _show(page, problem)
    return page.go(HERE)


async def _show(page: Page, problem: ServiceProblem | None = None) -> Response:
    places = await page.api.one(Places, "intake", at("/v1/people/{}/sessions", page.person_id))
    passkeys = await page.api.one(Passkeys, "intake", at("/v1/people/{}/passkeys", page.person_id))
    return page.html(
        "me/signing_in.html",
        page.say_number("You are signed in in one place", "You are signed in in %(num)s places", len(places.items)),
        problem=problem,
        sides=sides(page, HERE),
        places=places.latest_first,
        this_place=_session_in(page.request.scope["visit"].signed_in.access_token),
        passkeys=passkeys.items,
    )


def _session_in(token: str) -> str:
    """The id of the session that a token is of; it was checked when the page was asked for."""
    claims = token.split(".")[1]
    return str(json.loads(urlsafe_b64decode(f"{claims}===")).get("sid", ""))


signing_in = Capability(routes)
