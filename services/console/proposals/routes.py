"""The pages on which a mentor and a mentee answer a proposal."""

from functools import partial

from starlette.responses import Response

from services.console.api import ServiceProblem, at
from services.console.frame.capabilities import Capability, Entry, Place, Urgency, Waiting, everybody
from services.console.frame.forms import Key, Text
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.held.holding import Held
from services.console.proposals.by_link import by_link
from services.console.proposals.views import Match, messages_of, other_called, own_matches
from services.console.proposals.words import DECLINE_REASONS, ICONS, title
from services.console.reasons import say_criterion, say_fact
from shared.engine.authoring.grants import PERSON
from shared.engine.authoring.links import Purpose
from shared.web.routes import Pages

routes = Pages(allow=(PERSON,))


@routes.get("/proposals")
async def list_proposals(page: CurrentPage) -> Response:
    """Show the proposals of whoever looks: those that wait for an answer first."""
    matches = await own_matches(page)
    waiting = [match for match in matches if match.waits_for(page.person_id)]
    words = page.say_number(
        "One proposal waits for your answer", "%(num)s proposals wait for your answer", len(waiting)
    )
    return page.html(
        "proposals/proposals.html",
        words if waiting else page.say(msgid("No proposal waits for your answer")),
        needs_you=bool(waiting),
        matches=matches,
        waiting=waiting,
        called=partial(other_called, page),
    )


@routes.get("/matches/{match_id}")
async def show_proposal(match_id: str, page: CurrentPage) -> Response:
    """Show one proposal: who, why, and until when."""
    return await _show(page, match_id)


@routes.post("/matches/{match_id}/accept")
async def accept(match_id: str, page: CurrentPage, key: Key) -> Response:
    """Accept a proposal."""
    return await _answer(page, match_id, "accept", key)


@routes.post("/matches/{match_id}/decline")
async def decline(match_id: str, page: CurrentPage, key: Key, reason: Text = "other") -> Response:
    """Decline a proposal."""
    path, saying = at("/v1/matches/{}/decline", match_id), msgid("You have declined the proposal.")
    try:
        return await page.hold(
            Held("matching", path, saying, match_id, {"reason": reason}), key, at("/matches/{}", match_id)
        )
    except ServiceProblem as problem:
        return await _show(page, match_id, problem)


@routes.post("/matches/{match_id}/ask-back")
async def ask_back(match_id: str, page: CurrentPage, key: Key, text: Text = "") -> Response:
    """Write to the other side before deciding."""
    return await _answer(page, match_id, "ask-back", key, {"text": text})


@routes.post("/matches/{match_id}/extend")
async def extend(match_id: str, page: CurrentPage, key: Key) -> Response:
    """Take seven days more."""
    return await _answer(page, match_id, "extend", key)


async def _answer(page: Page, match_id: str, what: str, key: str, body: dict[str, str] | None = None) -> Response:
    """Do it, and show what has become of the proposal; where it cannot be done, say why beside what was typed."""
    try:
        await page.api.do("matching", at("/v1/matches/{}/" + what, match_id), body, key)
    except ServiceProblem as problem:
        return await _show(page, match_id, problem, text=(body or {}).get("text", ""))
    return page.go(at("/matches/{}", match_id))


async def _show(page: Page, match_id: str, problem: ServiceProblem | None = None, text: str = "") -> Response:
    match = await page.api.one(Match, "matching", at("/v1/matches/{}", match_id))
    return page.html(
        "proposals/proposal.html",
        title(page, match),
        program_id=match.program_id,
        needs_you=match.waits_for(page.person_id),
        match=match,
        other=other_called(page, match),
        messages=await messages_of(page.api, match),
        reasons=DECLINE_REASONS,
        say_criterion=partial(say_criterion, page),
        say_fact=partial(say_fact, page),
        icons=ICONS,
        problem=problem,
        text=text,
    )


async def waits(page: Page) -> list[Waiting]:
    """Return the proposals that wait for an answer of whoever looks."""
    return [
        Waiting(
            Urgency.NOW,
            title(page, match),
            page.say(msgid("Until %(day)s"), day=page.day(match.expires_at)),
            f"/matches/{match.id}",
            page.say(msgid("Look and answer")),
            since=match.expires_at,
        )
        for match in await own_matches(page)
        if match.waits_for(page.person_id)
    ]


proposals = Capability(
    routes,
    (Entry(Place.FIRST, msgid("Proposals"), "/proposals", "handshake", everybody),),
    waits,
    by_link={Purpose.PROPOSAL: by_link},
)
