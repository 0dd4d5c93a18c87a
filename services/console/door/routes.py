"""The way in and out: sign in with a link or a code that comes by mail, and sign out."""

from typing import Annotated

from fastapi import Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.console.api import ServiceProblem, Shown
from services.console.door.answers import (
    BROWSER,
    OPENINGS,
    ORGANIZATION,
    OpeningState,
    Requested,
    inside,
    mail_is_sent,
    set_cookie,
    show,
    visit_of,
)
from services.console.door.gate import cookie_name, settings_of
from services.console.door.seal import Tokens
from services.console.frame.page import NO_STORE, SEE_OTHER
from services.console.frame.texts import msgid
from shared.engine.authoring.grants import ANYONE
from shared.web.routes import Pages

routes = Pages(allow=(ANYONE,))

TODAY = "/today"

Text = Annotated[str, Form(max_length=500)]


class LinkState(Shown):
    """What a link is good for in this browser."""

    organization: str
    is_ready: bool
    detail: str


@routes.get("/sign-in")
async def show_sign_in(request: Request, link: str = "", next: str = "", organization: str = "") -> Response:
    """Ask for an address; with the link of a mail, ask for one press, since mail scanners open links too."""
    if link:
        return await _show_link(request, link, next)
    known = organization or request.cookies.get(ORGANIZATION, "")
    may_open = await _may_open(request)
    title = msgid("Sign in by mail")
    return show(request, "door/sign_in.html", title, next=inside(next), organization=known, may_open=may_open)


@routes.post("/sign-in/requests")
async def request_mail(request: Request, organization: Text, email: Text, next: Text = "") -> Response:
    """Have a mail sent, and ask for the code in it."""
    organization, email = organization.strip().lower(), email.strip()
    body = {"organization": organization, "email": email}
    try:
        answer = await visit_of(request).api.send("POST", "intake", "/v1/sign-in/requests", json=body)
    except ServiceProblem as problem:
        typed = {"organization": organization, "email": email, "next": inside(next), "problem": problem}
        return show(request, "door/sign_in.html", msgid("Sign in by mail"), problem.status_code, **typed)
    asked = Requested.model_validate_json(answer.content)
    return mail_is_sent(request, asked, organization, next)


@routes.get("/sign-in/code")
async def show_code(request: Request, asked: str = "", next: str = "") -> HTMLResponse:
    """Say that the mail is on its way, and take its code."""
    return show(request, "door/code.html", msgid("Your mail is on its way"), asked=asked, next=inside(next))


@routes.post("/sign-in/with-code")
async def sign_in_with_code(request: Request, asked: Text, code: Text, next: Text = "") -> Response:
    """Sign in with the code of the mail."""
    shown = {"request": asked, "code": "".join(code.split())}
    try:
        return await _sign_in(request, shown, next)
    except ServiceProblem as problem:
        title, typed = msgid("Your mail is on its way"), {"asked": asked, "next": inside(next), "problem": problem}
        return show(request, "door/code.html", title, problem.status_code, **typed)


@routes.post("/sign-in/with-link")
async def sign_in_with_link(request: Request, link: Text, next: Text = "") -> Response:
    """Sign in with the link of the mail."""
    try:
        return await _sign_in(request, {"link": link}, next)
    except ServiceProblem as problem:
        title = msgid("This link signs nobody in")
        return show(request, "door/link.html", title, problem.status_code, link="", next="", detail=problem.detail)


@routes.post("/sign-out")
async def sign_out(request: Request) -> RedirectResponse:
    """Sign out in this browser."""
    visit = visit_of(request)
    response = RedirectResponse("/sign-in", SEE_OTHER, NO_STORE)
    response.delete_cookie(cookie_name(settings_of(request)), secure=settings_of(request).is_encrypted, httponly=True)
    if visit.signed_in:
        await visit.sessions.close(visit.signed_in)
    return response


async def _may_open(request: Request) -> bool:
    """Whether anybody may open an organization here; not while intake does not answer."""
    try:
        return (await visit_of(request).api.one(OpeningState, "intake", OPENINGS)).is_open
    except ServiceProblem:
        return False


async def _show_link(request: Request, link: str, next: str) -> HTMLResponse:
    browser = request.cookies.get(BROWSER, "")
    headers = {"Cookie": f"ithaca-browser={browser}"} if browser.isascii() and browser else {}
    try:
        answer = await visit_of(request).api.send(
            "GET", "intake", "/v1/sign-in", params={"link": link}, headers=headers
        )
    except ServiceProblem as problem:
        title = msgid("This link signs nobody in")
        return show(request, "door/link.html", title, problem.status_code, link="", next="", detail=problem.detail)
    state = LinkState.model_validate_json(answer.content)
    if not state.is_ready:
        title = msgid("Open the link where you asked for it")
        return show(request, "door/link.html", title, link="", next="", detail=state.detail)
    return show(request, "door/link.html", msgid("One press, and you are in"), link=link, next=inside(next), detail="")


async def _sign_in(request: Request, shown: dict[str, str], next: str) -> RedirectResponse:
    """Get tokens for what the mail says, and give the browser a session; raises `ServiceProblem`."""
    visit, headers = visit_of(request), {"User-Agent": request.headers.get("user-agent", "")[:300]}
    body = shown | {"browser": request.cookies.get(BROWSER, "")}
    body = {name: value for name, value in body.items() if value}
    answer = await visit.api.send("POST", "intake", "/v1/sign-in", json=body, headers=headers)
    cookie = await visit.sessions.open(Tokens.model_validate_json(answer.content))
    response = RedirectResponse(inside(next) or TODAY, SEE_OTHER, NO_STORE)
    set_cookie(request, response, cookie_name(settings_of(request)), cookie, None)
    response.delete_cookie(BROWSER, httponly=True)
    return response
