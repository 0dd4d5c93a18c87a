"""The page on which somebody opens an organization, and what newcomers are shown: until they have seen enough."""

from typing import Annotated

from fastapi import Form, Request
from pydantic import StringConstraints
from starlette.responses import Response

from services.console.api import ServiceProblem, Shown
from services.console.door.answers import OPENINGS, OpeningState, Requested, mail_is_sent, show, visit_of
from services.console.frame.capabilities import Capability
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid, spoken
from services.console.onboarding.commands import HideTour, ShowTour
from services.console.onboarding.lands import likely_zone
from shared.engine.authoring.grants import ANYONE, PERSON
from shared.ids import PersonId
from shared.web.commands import CommandSender
from shared.web.routes import Pages

routes = Pages(allow=(ANYONE,))

FIRST_PROGRAM = "/programs"
"""What an organization needs next."""


Answer = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class Typed(Shown):
    """What somebody has answered."""

    organization: Answer = ""
    name: Answer = ""
    email: Answer = ""
    locale: Answer = "en"
    time_zone: Answer = "UTC"


@routes.get("/start")
async def show_start(request: Request) -> Response:
    """Ask for the names of an organization and of its first admin, and for an address."""
    header = request.headers.get("accept-language", "")
    return await _start(request, Typed(locale=spoken(header).language, time_zone=likely_zone(header)))


@routes.post("/start")
async def open_organization(request: Request, typed: Annotated[Typed, Form()]) -> Response:
    """Open an organization, and say that the mail is on its way."""
    try:
        answer = await visit_of(request).api.send("POST", "intake", OPENINGS, json=typed.model_dump())
    except ServiceProblem as problem:
        return await _start(request, typed, problem)
    asked = Requested.model_validate_json(answer.content)
    return mail_is_sent(request, asked, asked.request.partition(".")[0], FIRST_PROGRAM)


@routes.post("/today/tour/hide", allow=(PERSON,))
async def hide_tour(page: CurrentPage) -> Response:
    """Show no longer what to try first."""
    return await _tell(page, HideTour(person_id=PersonId(page.person_id)))


@routes.post("/today/tour/show", allow=(PERSON,))
async def show_tour(page: CurrentPage) -> Response:
    """Show what to try first once more."""
    return await _tell(page, ShowTour(person_id=PersonId(page.person_id)))


async def _tell(page: Page, command: HideTour | ShowTour) -> Response:
    send: CommandSender = page.request.app.state.send
    await send(command, page.caller)
    return page.go("/today")


async def _start(request: Request, typed: Typed, problem: ServiceProblem | None = None) -> Response:
    state = await visit_of(request).api.one(OpeningState, "intake", OPENINGS)
    title = msgid("Open an organization")
    return show(request, "onboarding/start.html", title, problem, is_open=state.is_open, typed=typed)


onboarding = Capability(routes)
