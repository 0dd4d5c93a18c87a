"""What pages in front of the door have in common: how they look, and what is kept in the browser until it is open."""

from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import HTMLResponse, RedirectResponse

from services.console.api import ServiceProblem, Shown
from services.console.door.gate import Visit
from services.console.frame.cookies import BROWSER, put
from services.console.frame.page import NO_STORE, SEE_OTHER
from services.console.frame.rendering import render
from services.console.frame.shell import Named, Shell
from services.console.frame.surroundings import remembered
from services.console.frame.texts import spoken

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
    put(request, response, BROWSER, asked.browser, asked.expires_in)
    put(request, response, ORGANIZATION, organization, A_YEAR)
    return response


def visit_of(request: Request) -> Visit:
    """Return what the gate knows of a request."""
    visit: Visit = request.scope["visit"]
    return visit


def inside(next: str) -> str:
    """Return where to go on, if that is a page of ours."""
    is_ours = next.startswith("/") and not next.startswith(("//", "/\\")) and next.isprintable()
    return next if is_ours else ""


def show(
    request: Request, template: str, title: str, problem: ServiceProblem | None = None, **content: object
) -> HTMLResponse:
    """Show a page in the languages of a browser, to whoever it is; a service may have a `problem` with a form of it."""
    words = spoken(request.headers.get("accept-language", ""))
    shell = Shell(words.language, words.direction, title=words.say(title), organization=_organization(request))
    content = {"organization": "", "email": "", "may_open": False} | content
    body = render(words.language, template, frame=shell, problem=problem, **content)
    return HTMLResponse(body, problem.status_code if problem else 200, NO_STORE)


def _organization(request: Request) -> Named | None:
    """The organization of whoever is signed in, by its name if that is known here."""
    signed_in = visit_of(request).signed_in
    if signed_in is None or not signed_in.caller.tenant:
        return None
    tenant = signed_in.caller.tenant
    return Named(remembered(request).names.get(tenant, tenant))
