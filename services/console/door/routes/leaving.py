"""The way out, and from one organization to another."""

from fastapi import Request
from starlette.responses import RedirectResponse

from services.console.door.answers import visit_of
from services.console.door.browser_keys import cookie_name, joined, tenant_of
from services.console.door.gate import settings_of
from services.console.door.routes.entering import Text
from services.console.frame.cookies import put
from services.console.frame.page import NO_STORE, SEE_OTHER
from shared.engine.authoring.grants import ANYONE
from shared.web.routes import Pages

routes = Pages(allow=(ANYONE,))

BEGINNING = "/"
"""From where everybody is led to where they begin."""


@routes.post("/sign-out")
async def sign_out(request: Request) -> RedirectResponse:
    """Sign out in this browser, of all organizations."""
    return await close_all(request)


@routes.post("/organizations/switch")
async def switch(request: Request, organization: Text = "") -> RedirectResponse:
    """Go on in another organization in which one is signed in here; sign in there, if one is not."""
    keys = visit_of(request).keys
    chosen = [one for one in keys if tenant_of(one) == organization]
    if not chosen:
        return RedirectResponse("/sign-in", SEE_OTHER, NO_STORE)
    response = RedirectResponse(BEGINNING, SEE_OTHER, NO_STORE)
    others = [one for one in keys if tenant_of(one) != organization]
    put(request, response, cookie_name(settings_of(request)), joined([*chosen, *others]), None)
    return response


async def close_all(request: Request) -> RedirectResponse:
    """Close every session of this browser, and show the door."""
    visit, settings = visit_of(request), settings_of(request)
    for key in visit.keys:
        await visit.sessions.end(key)
    response = RedirectResponse("/sign-in", SEE_OTHER, NO_STORE)
    response.delete_cookie(cookie_name(settings), secure=settings.is_encrypted, httponly=True)
    return response
