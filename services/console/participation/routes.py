"""The page on which somebody changes how they take part in a program: each change says first what it does."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Form
from starlette.responses import Response

from services.console.api import ServiceProblem, at
from services.console.frame.capabilities import Capability
from services.console.frame.forms import Key
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.participation.views import Held, Participation
from services.console.proposals.views import Match
from shared.engine.authoring.grants import PERSON
from shared.web.routes import Pages

routes = Pages(allow=(PERSON,))


@routes.get("/applications/{application_id}")
async def show_participation(application_id: str, page: CurrentPage) -> Response:
    """Show how somebody takes part, and what each change would do."""
    return await _show(page, application_id)


@routes.post("/applications/{application_id}/capacity")
async def change_capacity(
    application_id: str, page: CurrentPage, key: Key, capacity: Annotated[int, Form()] = 0
) -> Response:
    """Change how many matches one has room for; with none, nobody new is proposed."""
    return await _change(page, application_id, "capacity", key, {"capacity": capacity})


@routes.post("/applications/{application_id}/pause")
async def pause(application_id: str, page: CurrentPage, key: Key) -> Response:
    """Be asked about nobody for a while."""
    return await _change(page, application_id, "pause", key)


@routes.post("/applications/{application_id}/resume")
async def go_on(application_id: str, page: CurrentPage, key: Key) -> Response:
    """End the pause."""
    return await _change(page, application_id, "resume", key)


@routes.post("/applications/{application_id}/leave")
async def leave(application_id: str, page: CurrentPage, key: Key) -> Response:
    """Leave the program."""
    return await _change(page, application_id, "leave", key)


async def _change(page: Page, id: str, command: str, key: str, body: Mapping[str, int] | None = None) -> Response:
    try:
        await page.api.do("intake", at("/v1/applications/{}/" + command, id), body, key)
    except ServiceProblem as problem:
        return await _show(page, id, problem)
    return page.go("/applications" if command == "leave" else at("/applications/{}", id))


async def _show(page: Page, application_id: str, problem: ServiceProblem | None = None) -> Response:
    mine = await page.api.one(Participation, "intake", at("/v1/applications/{}", application_id))
    own = at("/v1/people/{}/matches", page.person_id)
    held = Held.of(mine, await page.api.every(Match, "matching", own, role=mine.role) if mine.is_active else [])
    program = page.program(mine.program_id)
    return page.html(
        "participation/participation.html",
        _title(page, mine, held),
        program_id=mine.program_id,
        problem=problem,
        mine=mine,
        held=held,
        program=program.title if program else page.say(msgid("A program")),
        path=at("/applications/{}", mine.id),
    )


def _title(page: Page, mine: Participation, held: Held) -> str:
    if not mine.is_active:
        return page.say(msgid("You do not take part here"))
    if mine.is_paused:
        return page.say(msgid("You have paused"))
    if mine.is_mentor and not mine.capacity:
        return page.say(msgid("You take nobody new"))
    free = max(mine.capacity - held.accepted - held.open, 0)
    if mine.is_mentor:
        return page.say_number("You have room for one mentee more", "You have room for %(num)s mentees more", free)
    return page.say_number("You look for one mentor more", "You look for %(num)s mentors more", free)


participation = Capability(routes)
