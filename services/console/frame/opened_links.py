"""Links of mails: each is exchanged for a token that does what the link is for, whoever is signed in in the browser."""

from datetime import datetime
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.console.api import Api, ServiceProblem, Shown
from services.console.frame.page import NO_STORE
from services.console.frame.rendering import render
from services.console.frame.shell import Shell
from services.console.frame.texts import msgid, spoken

PATH = "/a/"
"""Where links of mails lead."""

TITLES = {
    HTTPStatus.FORBIDDEN: msgid("This link opens nothing"),
    HTTPStatus.UNPROCESSABLE_ENTITY: msgid("This link opens nothing"),
    HTTPStatus.GONE: msgid("This link has expired"),
}


class OpenedLink(Shown):
    """What a link is for and about, with a token for that, and how to speak to whoever has opened it."""

    access_token: str
    purpose: str
    about: str
    person_id: str
    name: str
    locale: str
    time_zone: str
    organization: str
    now: datetime


def link_in(path: str) -> str:
    """Return the link in the path of a page; nothing if there is none."""
    return path.removeprefix(PATH).partition("/")[0] if path.startswith(PATH) else ""


async def open_link(link: str, api: Api) -> OpenedLink:
    """Exchange a link for a token, which changes nothing; raises `ServiceProblem`."""
    answer = await api.send("POST", "intake", "/v1/action-links", json={"link": link})
    return OpenedLink.model_validate_json(answer.content)


def gone(request: Request, problem: ServiceProblem) -> HTMLResponse:
    """Say why a link opens nothing, and what to do now."""
    words = spoken(request.headers.get("accept-language", ""))
    title = words.say(TITLES.get(HTTPStatus(problem.status_code), msgid("This did not work")))
    shell = Shell(words.language, words.direction, title=title)
    status = HTTPStatus.FORBIDDEN if problem.status_code == HTTPStatus.UNPROCESSABLE_ENTITY else problem.status_code
    body = render(words.language, "frame/gone.html", frame=shell, is_expired=status == HTTPStatus.GONE, problem=problem)
    return HTMLResponse(body, status, NO_STORE)
