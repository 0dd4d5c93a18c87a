"""What pages in front of the door have in common: how they look, and what is kept in the browser until it is open."""

from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.console.api import Shown
from services.console.door.gate import Visit, settings_of
from services.console.frame.page import NO_STORE, SEE_OTHER
from services.console.frame.rendering import render
from services.console.frame.shell import Shell
from services.console.frame.texts import spoken

BROWSER = "sign-in-browser"
ORGANIZATION = "organization"
A_YEAR = 365 * 24 * 3600


OPENINGS = "/v1/openings"


class OpeningState(Shown):
    """Whether anybody may open an organization here."""

    is_open: bool


class Requested(Shown):
    """A mail is on its way, if anybody has the address."""

    request: str
    browser: str
    expires_in: int


def mail_is_sent(request: Request, asked: Requested, organization: str, next: str) -> RedirectResponse:
    """Lead to the page that takes what the mail says, and then on to the next one."""
    where = urlencode({"asked": asked.request, "next": inside(next)})
    response = RedirectResponse(f"/sign-in/code?{where}", SEE_OTHER, NO_STORE)
    set_cookie(request, response, BROWSER, asked.browser, asked.expires_in)
    set_cookie(request, response, ORGANIZATION, organization, A_YEAR)
    return response


def visit_of(request: Request) -> Visit:
    """Return what the gate knows of a request."""
    visit: Visit = request.scope["visit"]
    return visit


def set_cookie(request: Request, response: Response, name: str, value: str, seconds: int | None) -> None:
    """Have the browser keep something that no script reads."""
    secure = settings_of(request).is_encrypted
    response.set_cookie(name, value, max_age=seconds, secure=secure, httponly=True, samesite="lax")


def inside(next: str) -> str:
    """Return where to go on, if that is a page of ours."""
    is_ours = next.startswith("/") and not next.startswith(("//", "/\\")) and next.isprintable()
    return next if is_ours else ""


def show(request: Request, template: str, title: str, status: int = 200, **content: object) -> HTMLResponse:
    """Show a page to somebody of whom nothing is known but their browser's languages."""
    words = spoken(request.headers.get("accept-language", ""))
    shell = Shell(words.language, words.direction, title=words.say(title))
    content = {"problem": None, "organization": "", "email": "", "may_open": False} | content
    return HTMLResponse(render(words.language, template, frame=shell, **content), status, NO_STORE)
