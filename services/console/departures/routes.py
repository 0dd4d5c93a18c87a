"""The pages on which people leave, and on which nothing is kept of somebody: what goes is counted first."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from services.console.api import ServiceProblem, Shown, at
from services.console.frame.capabilities import Capability
from services.console.frame.forms import Key
from services.console.frame.page import NO_STORE, CurrentPage, Page
from services.console.frame.rendering import render
from services.console.frame.shell import Shell
from services.console.frame.texts import msgid, spoken
from shared.engine.authoring.grants import ADMIN, ANYONE, PERSON
from shared.web.routes import Pages

routes = Pages()

OWN = "/me/leave"

SERVICES = {
    "evaluation": msgid("Answers and risks"),
    "matching": msgid("Proposals and what was written about them"),
    "notify": msgid("Letters, which go out before the name does"),
    "sessions": msgid("Relationships, sessions and tasks"),
}
"""What each service has of a person."""


class Departure(Shown):
    """What ends if somebody leaves, or is erased."""

    applications: int
    matches: int
    past_matches: int
    roles: list[str]
    sessions: int
    passkeys: int
    is_last_admin: bool


class Confirmed(Shown):
    """What a service has confirmed."""

    changed: int
    kept: int
    at: datetime


class Erasure(Shown):
    """How far an erasure has come."""

    status: str
    requested_at: datetime | None = None
    completed_at: datetime | None = None
    confirmed: Mapping[str, Confirmed] = {}
    awaited: list[str] = []


class Called(Shown):
    """Who it is."""

    id: str
    name: str
    gone: str | None = None


class Receipt(Shown):
    """That it was done, signed."""

    receipt: str


@routes.get(OWN, allow=(PERSON,))
async def show_leaving(page: CurrentPage) -> Response:
    """Show what ends if one leaves, and what goes and stays if nothing is to be kept of one."""
    return await _show_own(page)


@routes.post(OWN, allow=(PERSON,))
async def leave(page: CurrentPage, key: Key) -> Response:
    """Leave the organization."""
    return await _go(page, "leave", key)


@routes.post("/me/erase", allow=(PERSON,))
async def erase_oneself(page: CurrentPage, key: Key) -> Response:
    """Have nothing kept of oneself but ids."""
    return await _go(page, "erase", key)


@routes.get("/goodbye", allow=(ANYONE,))
async def say_goodbye(request: Request, what: str = "") -> HTMLResponse:
    """Say what happens now to somebody who has gone, whose session has ended with that."""
    words = spoken(request.headers.get("accept-language", ""))
    title = msgid("You are being erased") if what == "erase" else msgid("You have left")
    shell = Shell(words.language, words.direction, title=words.say(title))
    html = render(words.language, "departures/goodbye.html", frame=shell, is_erased=what == "erase")
    return HTMLResponse(html, headers=NO_STORE)


@routes.get("/people/{person_id}/erase", allow=(ADMIN,))
async def show_erasing(person_id: str, page: CurrentPage) -> Response:
    """Show what goes and what stays if somebody is erased; once that is asked for, how far it has come."""
    return await _show_erasing(page, person_id)


@routes.post("/people/{person_id}/erase", allow=(ADMIN,))
async def erase_person(person_id: str, page: CurrentPage, key: Key) -> Response:
    """Have nothing kept of somebody but ids."""
    try:
        await page.api.do("intake", at("/v1/people/{}/erase", person_id), key=key)
    except ServiceProblem as problem:
        return await _show_erasing(page, person_id, problem)
    return page.go(at("/people/{}/erase", person_id))


async def _go(page: Page, what: str, key: str) -> Response:
    try:
        await page.api.do("intake", at("/v1/people/{}/" + what, page.person_id), key=key)
    except ServiceProblem as problem:
        return await _show_own(page, problem)
    return page.go(f"/goodbye?what={what}")


async def _show_own(page: Page, problem: ServiceProblem | None = None) -> Response:
    ends = await page.api.one(Departure, "intake", at("/v1/people/{}/departure", page.person_id))
    title = page.say(msgid("Leave %(organization)s"), organization=page.around.organization.name)
    return page.html("departures/leave.html", title, problem=problem, ends=ends)


async def _show_erasing(page: Page, person_id: str, problem: ServiceProblem | None = None) -> Response:
    erasure = await page.api.one(Erasure, "intake", at("/v1/people/{}/erasure", person_id))
    if erasure.status == "not_requested":
        person = await page.api.one(Called, "intake", at("/v1/people/{}", person_id))
        ends = await page.api.one(Departure, "intake", at("/v1/people/{}/departure", person_id))
        title = page.say(msgid("Erase %(name)s"), name=person.name)
        return page.html("departures/erase.html", title, problem=problem, person=person, ends=ends)
    is_done = erasure.status == "done"
    receipt = (
        (await page.api.one(Receipt, "intake", at("/v1/people/{}/erasure/receipt", person_id))).receipt
        if is_done
        else ""
    )
    title = msgid("Nothing is kept of this person but ids") if is_done else msgid("This person is being erased")
    words = {name: page.say(words) for name, words in SERVICES.items()}
    return page.html("departures/erased.html", page.say(title), erasure=erasure, receipt=receipt, services=words)


departures = Capability(routes)
