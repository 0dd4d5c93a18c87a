"""The pages on which those who run a program see its pairs and when they meet, and nothing of what they say."""

from typing import Literal

from starlette.responses import Response

from services.console.api import at
from services.console.frame.capabilities import Capability, Entry, Place, managers
from services.console.frame.page import CurrentPage
from services.console.frame.texts import msgid
from services.console.relationships.views import Relationship, Session
from shared.engine.authoring.grants import ADMIN, Lead, Manager
from shared.web.routes import Pages

routes = Pages(allow=(ADMIN, Manager.of("program_id"), Lead.of("program_id")))

ROWS = 50
"""Pairs or sessions on a page."""
Status = Literal["", "scheduled", "completed", "cancelled"]

STATUSES = {
    "": msgid("All"),
    "scheduled": msgid("Planned"),
    "completed": msgid("Held"),
    "cancelled": msgid("Canceled"),
}


@routes.get("/programs/{program_id}/relationships")
async def list_pairs(program_id: str, page: CurrentPage, after: str | None = None) -> Response:
    """Show who works together, how often they have met, and when they meet next."""
    path = at("/v1/programs/{}/relationships", program_id)
    rows = await page.api.page(Relationship, "sessions", path, after=after, limit=ROWS)
    title = page.say_number("One pair works together", "%(num)s pairs work together", len(rows.items))
    return page.html(
        "oversight/pairs.html",
        title if rows.items else page.say(msgid("Nobody works together yet")),
        program_id=program_id,
        here=at("/programs/{}/relationships", program_id),
        rows=rows,
        idle=sum(1 for one in rows.items if one.ended_at is None and not one.meetings.next),
        is_first=after is None,
    )


@routes.get("/programs/{program_id}/sessions")
async def list_program_sessions(
    program_id: str, page: CurrentPage, status: Status = "", after: str | None = None
) -> Response:
    """Show the sessions of a program: who meets, when, and whether they have."""
    path = at("/v1/programs/{}/sessions", program_id)
    rows = await page.api.page(Session, "sessions", path, status=status or None, after=after, limit=ROWS)
    title = page.say_number("One session", "%(num)s sessions", len(rows.items), num=page.so_many(rows))
    return page.html(
        "oversight/sessions.html",
        title if rows.items else page.say(msgid("No session is of this kind")),
        program_id=program_id,
        here=at("/programs/{}/sessions", program_id),
        status=status,
        statuses=STATUSES,
        rows=rows,
        is_first=after is None,
    )


oversight = Capability(
    routes,
    (
        Entry(Place.PROGRAM, msgid("Pairs"), "/programs/{program_id}/relationships", "users", managers),
        Entry(Place.PROGRAM, msgid("Sessions"), "/programs/{program_id}/sessions", "calendar-days", managers),
    ),
)
