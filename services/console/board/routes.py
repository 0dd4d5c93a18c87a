"""The board on which those who run a program match people by hand."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, NamedTuple

from fastapi import Form, Query
from starlette.responses import Response

from services.console.api import Rows, ServiceProblem, at
from services.console.board.drafts import MOST_DRAFTS, Asked, Draft, Sent, as_sent, sendable
from services.console.board.refusals import reason_rows, say_candidate, say_refusal
from services.console.board.views import Candidate, Placed, Preview, Seated, Waiter, Wish
from services.console.frame.capabilities import Capability, Entry, Place, managers
from services.console.frame.forms import Key, Text
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.reasons import say_unmatched
from shared.engine.authoring.grants import ADMIN, Manager
from shared.web.routes import Pages

routes = Pages(allow=(ADMIN, Manager.of("program_id")))

WAITING = 20
"""Mentees on a page."""
MENTORS = 500
"""Mentors who are looked through."""
CANDIDATES = 8
HOLDS_A_SEAT = ("proposed", "mentor_accepted", "mentee_accepted", "accepted")

SIGNALS = "matches waiting applications"
"""What changes who waits and who has room."""

EXCLUSION_REASONS = {
    "reporting_line": msgid("One reports to the other"),
    "conflict_of_interest": msgid("A conflict of interest"),
    "acquainted": msgid("They know each other"),
    "worked_together": msgid("They have worked together"),
    "other": msgid("Something else"),
}
"""Why two are kept apart; only those who run the program see it."""

Looked = Annotated[Asked, Query()]


class Board(NamedTuple):
    """All that is on the board."""

    waiting: Rows[Waiter]
    mentors: list[Seated]
    is_all: bool
    shown: list[Seated]
    placed: Mapping[str, list[Placed]]
    previews: list[Preview]
    candidates: list[Candidate]
    pins: Rows[Wish]
    apart: Rows[Wish]


@routes.get("/programs/{program_id}/board")
async def show_board(program_id: str, page: CurrentPage, asked: Looked) -> Response:
    """Show who waits and who has room, and what is about to be sent."""
    return await _show(page, program_id, asked)


@routes.get("/programs/{program_id}/board/two")
async def choose_two(program_id: str, page: CurrentPage, mentee: str = "", mentor: str = "") -> Response:
    """Ask which two are meant, whether they wait or not, and show what can be done with them."""
    if mentee and mentor:
        return page.go(Asked().href(program_id, to=[f"{mentee}/{mentor}"]))
    path = at("/v1/programs/{}/pool", program_id)
    sides = {
        role: await page.api.page(Seated, "matching", path, role=role, limit=MENTORS) for role in ("mentee", "mentor")
    }
    return page.html(
        "board/two.html",
        page.say(msgid("Choose two")),
        program_id=program_id,
        path=at("/programs/{}/board", program_id),
        people={role: _by_name(page, role, rows) for role, rows in sides.items()},
        is_all=all(rows.next is None for rows in sides.values()),
        most=MENTORS,
    )


def _by_name(page: Page, role: str, rows: Rows[Seated]) -> list[tuple[str, str]]:
    """Their applications and names, in the order of these."""
    otherwise = page.say(msgid("Mentee") if role == "mentee" else msgid("Mentor"))
    return sorted(
        ((one.id, one.name(one.person_id, otherwise)) for one in rows.items), key=lambda one: one[1].casefold()
    )


@routes.post("/programs/{program_id}/board/send")
async def send(
    program_id: str, page: CurrentPage, key: Key, to: Annotated[list[Sent], Form(max_length=MOST_DRAFTS)]
) -> Response:
    """Send what is on the board: both of each two are asked. What cannot be sent stays, with the reason."""
    left, problem = list[str](), None
    for number, draft in enumerate(map(Draft.read, to)):
        try:
            await page.api.do("matching", at("/v1/programs/{}/matches", program_id), draft.body, f"{key}-{number}")
        except ServiceProblem as refused:
            left, problem = [*left, draft.pair], refused
    if problem is None:
        return page.go(at("/programs/{}/board", program_id))
    return await _show(page, program_id, Asked(to=left), problem)


@routes.post("/programs/{program_id}/board/pin")
async def pin(program_id: str, page: CurrentPage, key: Key, mentee: Text, mentor: Text) -> Response:
    """Have the next run, or search, match these two."""
    return await _do(page, program_id, "pins", key, _two(mentee, mentor))


@routes.post("/programs/{program_id}/board/unpin")
async def unpin(program_id: str, page: CurrentPage, key: Key, mentee: Text) -> Response:
    """Take a pin back."""
    return await _do(page, program_id, at("pins/{}/unpin", mentee), key)


@routes.post("/programs/{program_id}/board/apart")
async def keep_apart(
    program_id: str, page: CurrentPage, key: Key, mentee: Text, mentor: Text, reason: Text = "other"
) -> Response:
    """Never propose these two to each other."""
    return await _do(page, program_id, "exclusions", key, _two(mentee, mentor) | {"reason": reason})


@routes.post("/programs/{program_id}/board/lift")
async def lift(program_id: str, page: CurrentPage, key: Key, mentee: Text, mentor: Text) -> Response:
    """Let two be proposed to each other again."""
    return await _do(page, program_id, "exclusions/lift", key, _two(mentee, mentor))


def _two(mentee: str, mentor: str) -> dict[str, str]:
    return {"mentee_application_id": mentee, "mentor_application_id": mentor}


async def _do(page: Page, program_id: str, path: str, key: str, body: Mapping[str, str] | None = None) -> Response:
    """Ask for it, and show the board as it is then; where it cannot be done, say why."""
    try:
        await page.api.do("matching", at("/v1/programs/{}/", program_id) + path, body, key)
    except ServiceProblem as problem:
        return await _show(page, program_id, Asked(), problem)
    return page.go(at("/programs/{}/board", program_id))


async def _show(page: Page, program_id: str, asked: Asked, problem: ServiceProblem | None = None) -> Response:
    board = await _read(page, program_id, asked)
    count = len(board.waiting.items)
    title = page.say_number("One mentee waits", "%(num)s mentees wait", count, num=page.so_many(board.waiting))
    return page.html(
        "board/board.html",
        title if count else page.say(msgid("No mentee waits")),
        program_id=program_id,
        needs_you=bool(count),
        problem=problem,
        asked=asked,
        board=board,
        signals=SIGNALS,
        path=at("/programs/{}/board", program_id),
        here=partial(asked.href, program_id),
        moved=partial(asked.moved, program_id),
        taken_back=partial(asked.taken_back, program_id),
        free=sum(one.free for one in board.mentors if one.kind == "room"),
        counts={kind: sum(one.kind == kind for one in board.mentors) for kind in ("room", "full", "paused")},
        drafts={one.mentee_application_id: one for one in board.previews},
        ready=sendable(board.previews),
        as_sent=as_sent,
        reasons=EXCLUSION_REASONS,
        say_candidate=partial(say_candidate, page),
        say_refusal=partial(say_refusal, page),
        say_unmatched=partial(say_unmatched, page),
        reason_rows=partial(reason_rows, page),
    )


async def _read(page: Page, program_id: str, asked: Asked) -> Board:
    """Read what is on the board: a few requests, however many people there are."""
    api, path = page.api, at("/v1/programs/{}", program_id)
    waiting = await api.page(Waiter, "matching", path + "/waiting", role="mentee", after=asked.after, limit=WAITING)
    pool = await api.page(Seated, "matching", path + "/pool", role="mentor", limit=MENTORS)
    mentors = [one for one in pool.items if one.seats]
    shown = [one for one in mentors if one.kind == asked.show][: asked.many]
    return Board(
        waiting=waiting,
        mentors=mentors,
        is_all=pool.next is None,
        shown=shown,
        placed=await _placed(page, path, [one.person_id for one in shown]),
        previews=await api.items(Preview, "matching", path + "/pairs", pair=asked.to) if asked.to else [],
        candidates=await _candidates(page, path, asked.mentee) if asked.mentee else [],
        pins=await api.page(Wish, "matching", path + "/pins"),
        apart=await api.page(Wish, "matching", path + "/exclusions"),
    )


async def _placed(page: Page, path: str, mentors: list[str]) -> Mapping[str, list[Placed]]:
    """Who sits with these mentors, or is asked whether they want to."""
    found = dict[str, list[Placed]]()
    for some in [mentors[start : start + 100] for start in range(0, len(mentors), 100)]:
        placed = await page.api.every(Placed, "matching", path + "/matches", status=HOLDS_A_SEAT, mentor_id=some)
        for one in placed:
            found.setdefault(one.mentor_application_id, []).append(one)
    return found


async def _candidates(page: Page, path: str, mentee: str) -> list[Candidate]:
    path += "/candidates"
    return await page.api.items(Candidate, "matching", path, mentee_application_id=mentee, limit=CANDIDATES)


board = Capability(
    routes, (Entry(Place.PROGRAM, msgid("Board"), "/programs/{program_id}/board", "columns-3", managers),)
)
