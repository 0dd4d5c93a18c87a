"""In by a mail: its link or its code, in the browser that asked for it."""

from fastapi import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.console.api import ServiceProblem, Shown
from services.console.door.answers import (
    OPENINGS,
    ORGANIZATION,
    OpeningState,
    Requested,
    inside,
    mail_is_sent,
    show,
    visit_of,
)
from services.console.door.routes.entering import Text, browser_of, enter, program_of
from services.console.door.seal import Tokens
from services.console.frame.texts import msgid
from shared.engine.authoring.grants import ANYONE
from shared.web.routes import Pages

routes = Pages(allow=(ANYONE,))


class LinkState(Shown):
    """What a link is good for in this browser."""

    organization: str
    is_ready: bool
    detail: str


@routes.get("/sign-in")
async def show_sign_in(request: Request, link: str = "", next: str = "", organization: str | None = None) -> Response:
    """Show the ways in; with the link of a mail, ask for one press, since mail scanners open links too."""
    if link:
        return await _show_link(request, link, next)
    known = request.cookies.get(ORGANIZATION, "") if organization is None else organization
    return await show_ways(request, next=next, organization=known)


@routes.post("/sign-in/requests")
async def request_mail(request: Request, organization: Text, email: Text, next: Text = "") -> Response:
    """Have a mail sent, and ask for the code in it."""
    organization, email = organization.strip().lower(), email.strip()
    try:
        return await send_mail(request, organization, email, next)
    except ServiceProblem as problem:
        return await show_ways(request, problem, next=next, organization=organization, email=email)


@routes.get("/sign-in/code")
async def show_code(request: Request, asked: str = "", next: str = "") -> HTMLResponse:
    """Say that the mail is on its way, and take its code."""
    return show(request, "door/code.html", msgid("Your mail is on its way"), asked=asked, next=inside(next))


@routes.post("/sign-in/with-code")
async def sign_in_with_code(request: Request, asked: Text, code: Text, next: Text = "") -> Response:
    """Sign in with the code of the mail."""
    try:
        return await _sign_in(request, {"request": asked, "code": "".join(code.split())}, next)
    except ServiceProblem as problem:
        typed = {"asked": asked, "next": inside(next)}
        return show(request, "door/code.html", msgid("Your mail is on its way"), problem, **typed)


@routes.post("/sign-in/with-link")
async def sign_in_with_link(request: Request, link: Text, next: Text = "") -> Response:
    """Sign in with the link of the mail."""
    try:
        return await _sign_in(request, {"link": link}, next)
    except ServiceProblem as problem:
        return _show_refused(request, msgid("This link signs nobody in"), problem)


async def show_ways(
    request: Request, problem: ServiceProblem | None = None, *, next: str = "", organization: str = "", email: str = ""
) -> HTMLResponse:
    """Show the ways in, with what was typed."""
    typed = {"next": inside(next), "organization": organization, "email": email, "may_open": await _may_open(request)}
    return show(request, "door/sign_in.html", msgid("Sign in by mail"), problem, **typed)


async def send_mail(request: Request, organization: str, email: str, next: str) -> RedirectResponse:
    """Have a mail sent, and lead on to the page that takes its code; raises `ServiceProblem`."""
    body = {"organization": organization, "email": email}
    answer = await visit_of(request).api.send("POST", "intake", "/v1/sign-in/requests", json=body)
    return mail_is_sent(request, Requested.model_validate_json(answer.content), organization, next)


async def _may_open(request: Request) -> bool:
    """Whether anybody may open an organization here; not while intake does not answer."""
    try:
        return (await visit_of(request).api.one(OpeningState, "intake", OPENINGS)).is_open
    except ServiceProblem:
        return False


async def _show_link(request: Request, link: str, next: str) -> HTMLResponse:
    browser = browser_of(request).get("browser")
    headers = {"Cookie": f"ithaca-browser={browser}"} if browser else {}
    params = {"link": link}
    try:
        answer = await visit_of(request).api.send("GET", "intake", "/v1/sign-in", params=params, headers=headers)
    except ServiceProblem as problem:
        return _show_refused(request, msgid("This link signs nobody in"), problem)
    state = LinkState.model_validate_json(answer.content)
    if not state.is_ready:
        title = msgid("Open the link where you asked for it")
        return show(request, "door/link.html", title, link="", detail=state.detail)
    title = msgid("One press, and you are in")
    return show(request, "door/link.html", title, link=link, next=inside(next), detail="")


def _show_refused(request: Request, title: str, problem: ServiceProblem) -> HTMLResponse:
    return show(request, "door/link.html", title, problem, link="", detail=problem.detail)


async def _sign_in(request: Request, shown: dict[str, str], next: str) -> RedirectResponse:
    """Get tokens for what the mail says, and give the browser a session; raises `ServiceProblem`."""
    body, headers = shown | browser_of(request), program_of(request)
    answer = await visit_of(request).api.send("POST", "intake", "/v1/sign-in", json=body, headers=headers)
    return await enter(request, Tokens.model_validate_json(answer.content), next)
