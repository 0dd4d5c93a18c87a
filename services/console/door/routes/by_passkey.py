"""In by a passkey, and how one is added: a script has the device show or make it, and a form sends what it says."""

import json
from typing import Any

from fastapi import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.console.api import ServiceProblem, Shown, at
from services.console.door.answers import inside, show, visit_of
from services.console.door.routes.by_mail import show_ways
from services.console.door.routes.entering import A_MONTH, OFFERED, TODAY, Long, Text, browser_of, enter, program_of
from services.console.door.routes.leaving import close_all
from services.console.door.seal import Tokens
from services.console.frame.cookies import BROWSER, put
from services.console.frame.page import NO_STORE, SEE_OTHER
from services.console.frame.texts import msgid
from shared.engine.authoring.grants import ANYONE, ENROLLEES, ENROLLING, PERSON
from shared.web.routes import Pages

routes = Pages(allow=(ANYONE,))

WHO_SIGNS_IN = PERSON, ENROLLEES
PLATFORM = "sec-ch-ua-platform"
"""The header in which a browser says on what it runs."""


class Asked(Shown):
    """What a device is to do next."""

    options: dict[str, Any]
    browser: str
    expires_in: int


class Known(Shown):
    """The passkeys of somebody."""

    items: list[Any] = []


@routes.post("/sign-in/passkey/options")
async def ask_for_passkey(request: Request) -> JSONResponse:
    """Return what a device is asked to show, for the script of the page."""
    try:
        asked = await _ask_for_any(request)
    except ServiceProblem as problem:
        return JSONResponse({"detail": problem.detail}, problem.status_code, NO_STORE)
    response = JSONResponse(asked.options, headers=NO_STORE)
    put(request, response, BROWSER, asked.browser, asked.expires_in)
    return response


@routes.post("/sign-in/passkey")
async def sign_in_with_passkey(request: Request, credential: Long, next: Text = "") -> Response:
    """Sign in with what a device has shown."""
    body = {"credential": _read(credential)} | browser_of(request)
    try:
        answer = await visit_of(request).api.send(
            "POST", "intake", "/v1/sign-in/passkey", json=body, headers=program_of(request)
        )
    except ServiceProblem as problem:
        return await show_ways(request, problem, next=next)
    return await enter(request, Tokens.model_validate_json(answer.content), next, offers=False)


@routes.get("/passkeys/offer", allow=WHO_SIGNS_IN)
async def offer_passkey(request: Request, next: str = "") -> Response:
    """Offer a passkey to whoever has none, once in a while, where devices can make some for this address."""
    there, visit = inside(next) or TODAY, visit_of(request)
    response: Response = RedirectResponse(there, SEE_OTHER, NO_STORE)
    if visit.signed_in and await _has_none(request, visit.signed_in.caller.subject):
        response = show(request, "door/offer.html", msgid("Next time without a mail"), next=there)
    put(request, response, OFFERED, "1", A_MONTH)
    return response


@routes.get("/passkeys/new", allow=WHO_SIGNS_IN)
async def show_new_passkey(request: Request, next: str = "") -> Response:
    """Ask a device to make a passkey."""
    return await _show_new(request, next)


@routes.post("/passkeys/new", allow=WHO_SIGNS_IN)
async def add_passkey(request: Request, credential: Long, browser: Text, name: Text = "", next: Text = "") -> Response:
    """Add what a device has made. Who was let in to add it signs in with it now."""
    visit = visit_of(request)
    assert visit.signed_in
    caller = visit.signed_in.caller
    body = {"name": name, "browser": browser, "credential": _read(credential)}
    try:
        await visit.api.send("POST", "intake", at("/v1/people/{}/passkeys", caller.subject), json=body)
    except ServiceProblem as problem:
        return await _show_new(request, next, problem)
    if caller.kind == ENROLLING:
        return await close_all(request)
    return RedirectResponse(inside(next) or "/me/signing-in", SEE_OTHER, NO_STORE)


async def _show_new(request: Request, next: str, problem: ServiceProblem | None = None) -> Response:
    visit = visit_of(request)
    assert visit.signed_in
    caller = visit.signed_in.caller
    try:
        answer = await visit.api.send("POST", "intake", at("/v1/people/{}/passkeys/options", caller.subject))
    except ServiceProblem as refused:
        return show(
            request, "door/link.html", msgid("No passkey can be added"), refused, link="", detail=refused.detail
        )
    asked = Asked.model_validate_json(answer.content)
    return show(
        request,
        "door/new_passkey.html",
        msgid("Add a passkey"),
        problem,
        options=json.dumps(asked.options),
        browser=asked.browser,
        called=request.headers.get(PLATFORM, "").strip('"'),
        next=inside(next),
        must=caller.kind == ENROLLING,
    )


async def _ask_for_any(request: Request) -> Asked:
    answer = await visit_of(request).api.send("POST", "intake", "/v1/sign-in/passkey/options")
    return Asked.model_validate_json(answer.content)


async def _has_none(request: Request, person_id: str) -> bool:
    """Whether somebody has no passkey, and could have one."""
    try:
        await _ask_for_any(request)
        known = await visit_of(request).api.one(Known, "intake", at("/v1/people/{}/passkeys", person_id))
    except ServiceProblem:
        return False
    return not known.items


def _read(credential: str) -> Any:  # as a browser writes it: intake looks at it
    try:
        return json.loads(credential)
    except ValueError:
        return {}
