"""The way in and out: sign in with a link or a code that comes by mail, and sign out."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.console.api import ServiceProblem, Shown
from services.console.door.gate import Visit, cookie_name, settings_of
from services.console.door.seal import Tokens
from services.console.frame.page import NO_STORE, SEE_OTHER
from services.console.frame.rendering import render
from services.console.frame.shell import Shell
from services.console.frame.texts import msgid, spoken
from shared.engine.authoring.grants import ANYONE
from shared.web.routes import Pages

routes = Pages(allow=(ANYONE,))

BROWSER = "sign-in-browser"
ORGANIZATION = "organization"
A_YEAR = 365 * 24 * 3600
TODAY = "/today"

Text = Annotated[str, Form(max_length=500)]


class Requested(Shown):
    """A mail is on its way, if anybody has the address."""

    request: str
    browser: str
    expires_in: int


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
    return _html(request, "door/sign_in.html", msgid("Sign in by mail"), next=_inside(next), organization=known)


@routes.post("/sign-in/requests")
async def request_mail(request: Request, organization: Text, email: Text, next: Text = "") -> Response:
    """Have a mail sent, and ask for the code in it."""
    organization, email = organization.strip().lower(), email.strip()
    body = {"organization": organization, "email": email}
    try:
        answer = await _visit(request).api.send("POST", "intake", "/v1/sign-in/requests", json=body)
    except ServiceProblem as problem:
        typed = {"organization": organization, "email": email, "next": _inside(next), "problem": problem}
        return _html(request, "door/sign_in.html", msgid("Sign in by mail"), problem.status_code, **typed)
    asked = Requested.model_validate_json(answer.content)
    where = urlencode({"asked": asked.request, "next": _inside(next)})
    response = RedirectResponse(f"/sign-in/code?{where}", SEE_OTHER, NO_STORE)
    _set(request, response, BROWSER, asked.browser, asked.expires_in)
    _set(request, response, ORGANIZATION, organization, A_YEAR)
    return response


@routes.get("/sign-in/code")
async def show_code(request: Request, asked: str = "", next: str = "") -> HTMLResponse:
    """Say that the mail is on its way, and take its code."""
    return _html(request, "door/code.html", msgid("Your mail is on its way"), asked=asked, next=_inside(next))


@routes.post("/sign-in/with-code")
async def sign_in_with_code(request: Request, asked: Text, code: Text, next: Text = "") -> Response:
    """Sign in with the code of the mail."""
    shown = {"request": asked, "code": "".join(code.split())}
    try:
        return await _sign_in(request, shown, next)
    except ServiceProblem as problem:
        title, typed = msgid("Your mail is on its way"), {"asked": asked, "next": _inside(next), "problem": problem}
        return _html(request, "door/code.html", title, problem.status_code, **typed)


@routes.post("/sign-in/with-link")
async def sign_in_with_link(request: Request, link: Text, next: Text = "") -> Response:
    """Sign in with the link of the mail."""
    try:
        return await _sign_in(request, {"link": link}, next)
    except ServiceProblem as problem:
        title = msgid("This link signs nobody in")
        return _html(request, "door/link.html", title, problem.status_code, link="", next="", detail=problem.detail)


@routes.post("/sign-out")
async def sign_out(request: Request) -> RedirectResponse:
    """Sign out in this browser."""
    visit = _visit(request)
    response = RedirectResponse("/sign-in", SEE_OTHER, NO_STORE)
    response.delete_cookie(cookie_name(settings_of(request)), secure=settings_of(request).is_encrypted, httponly=True)
    if visit.signed_in:
        await visit.sessions.close(visit.signed_in)
    return response


async def _show_link(request: Request, link: str, next: str) -> HTMLResponse:
    browser = request.cookies.get(BROWSER, "")
    headers = {"Cookie": f"ithaca-browser={browser}"} if browser.isascii() and browser else {}
    try:
        answer = await _visit(request).api.send("GET", "intake", "/v1/sign-in", params={"link": link}, headers=headers)
    except ServiceProblem as problem:
        title = msgid("This link signs nobody in")
        return _html(request, "door/link.html", title, problem.status_code, link="", next="", detail=problem.detail)
    state = LinkState.model_validate_json(answer.content)
    if not state.is_ready:
        title = msgid("Open the link where you asked for it")
        return _html(request, "door/link.html", title, link="", next="", detail=state.detail)
    return _html(
        request, "door/link.html", msgid("One press, and you are in"), link=link, next=_inside(next), detail=""
    )


async def _sign_in(request: Request, shown: dict[str, str], next: str) -> RedirectResponse:
    """Get tokens for what the mail says, and give the browser a session; raises `ServiceProblem`."""
    visit, headers = _visit(request), {"User-Agent": request.headers.get("user-agent", "")[:300]}
    body = shown | {"browser": request.cookies.get(BROWSER, "")}
    body = {name: value for name, value in body.items() if value}
    answer = await visit.api.send("POST", "intake", "/v1/sign-in", json=body, headers=headers)
    cookie = await visit.sessions.open(Tokens.model_validate_json(answer.content))
    response = RedirectResponse(_inside(next) or TODAY, SEE_OTHER, NO_STORE)
    _set(request, response, cookie_name(settings_of(request)), cookie, None)
    response.delete_cookie(BROWSER, httponly=True)
    return response


def _visit(request: Request) -> Visit:
    visit: Visit = request.scope["visit"]
    return visit


def _set(request: Request, response: Response, name: str, value: str, seconds: int | None) -> None:
    secure = settings_of(request).is_encrypted
    response.set_cookie(name, value, max_age=seconds, secure=secure, httponly=True, samesite="lax")


def _inside(next: str) -> str:
    """Where to go on, if that is a page of ours."""
    is_ours = next.startswith("/") and not next.startswith(("//", "/\\")) and next.isprintable()
    return next if is_ours else ""


def _html(request: Request, template: str, title: str, status: int = 200, **content: object) -> HTMLResponse:
    words = spoken(request.headers.get("accept-language", ""))
    shell = Shell(words.language, words.direction, title=words.say(title))
    content = {"problem": None, "organization": "", "email": ""} | content
    return HTMLResponse(render(words.language, template, frame=shell, **content), status, NO_STORE)
