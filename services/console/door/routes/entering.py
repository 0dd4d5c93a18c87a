"""What all ways in have in common: what is asked of a browser, and the session that it gets."""

import re
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Form, Request
from starlette.responses import RedirectResponse

from services.console.door.answers import A_YEAR, ORGANIZATION, inside, visit_of
from services.console.door.browser_keys import MOST, cookie_name, joined, tenant_of
from services.console.door.gate import settings_of
from services.console.door.seal import Tokens
from services.console.frame.cookies import BROWSER, put
from services.console.frame.page import NO_STORE, SEE_OTHER
from shared.engine.authoring.grants import ENROLLING

NEXT = "sign-in-next"
OFFERED = "passkey-offered"
TODAY = "/today"
OFFER = "/passkeys/offer"
A_MONTH = 30 * 24 * 3600

Text = Annotated[str, Form(max_length=500)]
Long = Annotated[str, Form(max_length=20_000)]
"""What a device says of a passkey."""


def browser_of(request: Request) -> dict[str, str]:
    """Return what intake knows the browser by, as its operations take it."""
    known = request.cookies.get(BROWSER, "")
    return {"browser": known} if re.fullmatch(r"[A-Za-z0-9_-]{43}", known) else {}


def program_of(request: Request) -> dict[str, str]:
    """Return what a browser says of itself, as a header."""
    return {"User-Agent": request.headers.get("user-agent", "")[:300]}


async def enter(request: Request, tokens: Tokens, next: str = "", *, offers: bool = True) -> RedirectResponse:
    """Give the browser a session for these tokens, and lead on; the one that it had there before is closed.

    Who gets in without a passkey is offered one, once in a while.
    """
    visit, settings = visit_of(request), settings_of(request)
    opened, signed_in = await visit.sessions.open(tokens)
    tenant = tenant_of(opened)
    kept = [one for one in visit.keys if tenant_of(one) != tenant]
    for outdated in (one for one in visit.keys if tenant_of(one) == tenant):
        await visit.sessions.end(outdated)
    there = inside(next) or TODAY
    if signed_in.kind == ENROLLING:
        there = "/passkeys/new"
    elif offers and OFFERED not in request.cookies:
        there = f"{OFFER}?{urlencode({'next': there})}"
    response = RedirectResponse(there, SEE_OTHER, NO_STORE)
    put(request, response, cookie_name(settings), joined([opened, *kept][:MOST]), None)
    if signed_in.tenant:
        put(request, response, ORGANIZATION, tenant, A_YEAR)
    for used in (BROWSER, NEXT):
        response.delete_cookie(used, httponly=True)
    return response
