"""The page on which those who run a program see its matches, take proposals back and end matches."""

from functools import partial
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.console.api import Rows, ServiceProblem, at
from services.console.frame.capabilities import Capability, Entry, Place, managers
from services.console.frame.forms import Key
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.matches.views import ProgramMatch
from services.console.reasons import say_criterion, say_fact
from shared.engine.authoring.grants import ADMIN, Manager
from shared.web.routes import Pages

routes = Pages(allow=(ADMIN, Manager.of("program_id")))

ROWS = 50

Show = Literal["open", "accepted", "over", "all"]

STATUSES: dict[Show, tuple[str, ...]] = {
    "open": ("proposed", "mentor_accepted", "mentee_accepted"),
    "accepted": ("accepted",),
    "over": ("declined", "expired", "superseded", "withdrawn", "unwound"),
    "all": (),
}

STANDS = {
    "proposed": ("wait", msgid("Both are asked")),
    "mentor_accepted": ("wait", msgid("The mentor has said yes")),
    "mentee_accepted": ("wait", msgid("The mentee has said yes")),
    "accepted": ("good", msgid("Both have said yes")),
    "declined": ("off", msgid("Declined")),
    "expired": ("off", msgid("Ended without an answer")),
    "superseded": ("off", msgid("Another match was accepted first")),
    "withdrawn": ("off", msgid("Taken back")),
    "unwound": ("off", msgid("Ended early")),
}
"""How a match stands: its shape and words."""

WHY = {
    "no_time": msgid("no time now"),
    "no_fit": msgid("they do not fit"),
    "acquainted": msgid("they know each other already"),
    "conflict_of_interest": msgid("they work too closely together"),
    "other": msgid("something else"),
    "rematch": msgid("one of the two asked for another match"),
    "left": msgid("one of the two has left"),
    "staff": msgid("ended by those who run the program"),
}
"""Why it was declined, or has ended."""


class Looked(BaseModel):
    """Which of the matches are looked at."""

    show: Show = "open"
    after: str | None = Field(None, max_length=200)
    match_id: str = Field("", max_length=64)


@routes.get("/programs/{program_id}/matches")
async def list_matches(program_id: str, page: CurrentPage, looked: Annotated[Looked, Query()]) -> Response:
    """Show the matches of a program, and one of them beside the list."""
    return await _show(page, program_id, looked)


@routes.post("/programs/{program_id}/matches/{match_id}/{command}")
async def end(
    program_id: str, match_id: str, command: Literal["withdraw", "unwind"], page: CurrentPage, key: Key
) -> Response:
    """Take a proposal back, or end a match."""
    try:
        await page.api.do("matching", at("/v1/matches/{}/" + command, match_id), key=key)
    except ServiceProblem as problem:
        return await _show(page, program_id, Looked(show="all", match_id=match_id), problem)
    return page.go(at("/programs/{}/matches", program_id) + ("?show=accepted" if command == "unwind" else ""))


async def _show(page: Page, program_id: str, looked: Looked, problem: ServiceProblem | None = None) -> Response:
    path = at("/v1/programs/{}/matches", program_id)
    rows = await page.api.page(
        ProgramMatch, "matching", path, status=STATUSES[looked.show], after=looked.after, limit=ROWS
    )
    chosen = looked.match_id or (rows.items[0].id if rows.items else "")
    open_one = await page.api.one(ProgramMatch, "matching", at("/v1/matches/{}", chosen)) if chosen else None
    return page.html(
        "matches/matches.html",
        _title(page, looked.show, rows),
        program_id=program_id,
        problem=problem,
        here=at("/programs/{}/matches", program_id),
        looked=looked,
        rows=rows,
        open_one=open_one,
        stands=STANDS,
        why=WHY,
        say_criterion=partial(say_criterion, page),
        say_fact=partial(say_fact, page),
    )


def _title(page: Page, show: Show, rows: Rows[ProgramMatch]) -> str:
    count, num = len(rows.items), page.so_many(rows)
    match show:
        case "open":
            said = page.say_number("One pair is asked", "%(num)s pairs are asked", count, num=num)
            return said if count else page.say(msgid("Nobody is asked about anybody now"))
        case "accepted":
            said = page.say_number("One pair is matched", "%(num)s pairs are matched", count, num=num)
            return said if count else page.say(msgid("Nobody is matched yet"))
        case "over":
            said = page.say_number(
                "One proposal or match is over", "%(num)s proposals and matches are over", count, num=num
            )
            return said if count else page.say(msgid("No proposal is over"))
    said = page.say_number("One proposal so far", "%(num)s proposals so far", count, num=num)
    return said if count else page.say(msgid("Nobody was proposed to anybody yet"))


matches = Capability(
    routes, (Entry(Place.PROGRAM, msgid("Matches"), "/programs/{program_id}/matches", "handshake", managers),)
)
