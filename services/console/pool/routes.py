"""The pages on which those who run a program see who takes part in it, and who has nobody and why."""

from functools import partial
from typing import Literal

from starlette.responses import Response

from services.console.api import at
from services.console.frame.capabilities import Capability, Entry, Place, Urgency, Waiting, managers
from services.console.frame.page import CurrentPage, Page
from services.console.frame.surroundings import ProgramShown
from services.console.frame.texts import msgid
from services.console.pool.views import Participant, Waiter
from services.console.reasons import say_unmatched
from shared.engine.authoring.grants import ADMIN, Manager
from shared.web.routes import Pages

routes = Pages(allow=(ADMIN, Manager.of("program_id")))

Role = Literal["mentee", "mentor"]

ROWS = 50
"""People on a page."""


@routes.get("/programs/{program_id}/pool")
async def show_pool(program_id: str, page: CurrentPage, role: Role = "mentee", after: str | None = None) -> Response:
    """Show who takes part, and how many each of them has and could have."""
    path = at("/v1/programs/{}/pool", program_id)
    rows = await page.api.page(Participant, "matching", path, role=role, after=after, limit=ROWS)
    idle = sum(not one.matched and not one.open for one in rows.items)
    return page.html(
        "pool/pool.html",
        _pool_title(page, role, len(rows.items), page.so_many(rows), after),
        program_id=program_id,
        here=at("/programs/{}/pool", program_id),
        waiting=at("/programs/{}/waiting", program_id),
        role=role,
        rows=rows,
        idle=idle,
        is_first=after is None,
    )


def _pool_title(page: Page, role: Role, count: int, num: str, after: str | None) -> str:
    if after:
        more = msgid("More mentees who take part") if role == "mentee" else msgid("More mentors who take part")
        return page.say(more)
    if role == "mentee":
        return page.say_number("One mentee takes part", "%(num)s mentees take part", count, num=num)
    return page.say_number("One mentor takes part", "%(num)s mentors take part", count, num=num)


@routes.get("/programs/{program_id}/waiting")
async def show_waiting(program_id: str, page: CurrentPage, role: Role = "mentee", after: str | None = None) -> Response:
    """Show who takes part and has nobody, and why."""
    path = at("/v1/programs/{}/waiting", program_id)
    rows = await page.api.page(Waiter, "matching", path, role=role, after=after, limit=ROWS)
    return page.html(
        "pool/waiting.html",
        _waiting_title(page, role, len(rows.items), page.so_many(rows), after),
        program_id=program_id,
        needs_you=bool(rows.items) and role == "mentee",
        here=at("/programs/{}/waiting", program_id),
        role=role,
        rows=rows,
        is_first=after is None,
        say_unmatched=partial(say_unmatched, page),
    )


def _waiting_title(page: Page, role: Role, count: int, num: str, after: str | None) -> str:
    if after:
        return page.say(
            msgid("More mentees who have nobody yet") if role == "mentee" else msgid("More mentors who have no mentee")
        )
    if role == "mentee":
        if not count:
            return page.say(msgid("Every mentee has somebody, or was asked about one"))
        return page.say_number("One mentee has nobody yet", "%(num)s mentees have nobody yet", count, num=num)
    if not count:
        return page.say(msgid("No mentor waits for a mentee"))
    return page.say_number("One mentor has no mentee yet", "%(num)s mentors have no mentee yet", count, num=num)


async def waits(page: Page) -> list[Waiting]:
    """Return the programs in which somebody has nobody yet."""
    return [one for program in page.managed for one in await _mentees_who_wait(page, program)]


async def _mentees_who_wait(page: Page, program: ProgramShown) -> list[Waiting]:
    rows = await page.api.page(Waiter, "matching", at("/v1/programs/{}/waiting", program.id), limit=ROWS)
    if not rows.items:
        return []
    headline = page.say_number(
        "One mentee of %(program)s has nobody yet",
        "%(num)s mentees of %(program)s have nobody yet",
        len(rows.items),
        num=page.so_many(rows),
        program=program.title,
    )
    return [
        Waiting(
            Urgency.SOON,
            headline,
            page.say(msgid("Looked for again by itself")),
            at("/programs/{}/waiting", program.id),
            page.say(msgid("See why")),
            since=min((row.since for row in rows.items if row.since), default=None),
        )
    ]


pool = Capability(
    routes,
    (
        Entry(Place.PROGRAM, msgid("Pool"), "/programs/{program_id}/pool", "users", managers),
        Entry(
            Place.PROGRAM,
            msgid("Waiting"),
            "/programs/{program_id}/waiting",
            "hourglass",
            managers,
            "waiting/{program_id}",
        ),
    ),
    waits,
)
