"""The page on which a mentee chooses mentors and says in which order they are asked."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import Form, Query
from starlette.responses import Response

from services.console.api import ServiceAway, ServiceProblem, at
from services.console.choosing.views import Choice, Choosing, Ranking
from services.console.choosing.wished_order import MOST, href, known, places
from services.console.frame.capabilities import Capability
from services.console.frame.forms import Key
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.reasons import say_criterion, say_fact
from shared.engine.authoring.grants import PERSON
from shared.web.routes import Pages

routes = Pages(allow=(PERSON,))

Order = Annotated[list[Annotated[str, Query(max_length=64)]] | None, Query(max_length=MOST + 1)]


@routes.get("/applications/{application_id}/mentors")
async def show_mentors(application_id: str, page: CurrentPage, order: Order = None) -> Response:
    """Show the mentors who have room, and in which order they will be asked."""
    return await _show(page, application_id, order)


@routes.post("/applications/{application_id}/mentors")
async def rank(
    application_id: str, page: CurrentPage, key: Key, order: Annotated[list[str], Form(max_length=MOST)]
) -> Response:
    """Have these mentors asked in this order."""
    mine = await page.api.one(Choosing, "intake", at("/v1/applications/{}", application_id))
    body = {"mentee_application_id": application_id, "mentor_application_ids": order}
    try:
        await page.api.do("matching", at("/v1/programs/{}/rankings", mine.program_id), body, key)
    except ServiceProblem as problem:
        return await _show(page, application_id, order, problem)
    return page.go(at("/applications/{}/mentors", application_id))


async def _show(
    page: Page, application_id: str, asked: Sequence[str] | None, problem: ServiceProblem | None = None
) -> Response:
    mine = await page.api.one(Choosing, "intake", at("/v1/applications/{}", application_id))
    choices, ranking = await _choices(page, mine)
    names = known(choices, ranking, page.say(msgid("Mentor")))
    saved = [one.mentor_application_id for one in ranking.ranked]
    order = saved if asked is None else [one for one in asked if one in names]
    return page.html(
        "choosing/choosing.html",
        _title(page, choices, ranking),
        program_id=mine.program_id,
        problem=problem,
        mine=mine,
        choices=choices,
        ranking=ranking,
        order=places(order, names),
        is_saved=order == saved,
        first=[names[one] for one in order[: ranking.left]],
        added={one.mentor_application_id: href([*order, one.mentor_application_id]) for one in choices},
        chosen=order,
        most=MOST,
        say_criterion=partial(say_criterion, page),
        say_fact=partial(say_fact, page),
    )


async def _choices(page: Page, mine: Choosing) -> tuple[list[Choice], Ranking]:
    """Whom a mentee may choose, and the order that holds; nobody for who is not looking for a mentor."""
    path = at("/v1/programs/{}", mine.program_id)
    try:
        ranking = await page.api.one(Ranking, "matching", path + at("/rankings/{}", mine.id))
        choices = await page.api.items(Choice, "matching", path + "/mentors", mentee_application_id=mine.id, limit=MOST)
    except ServiceAway:
        raise
    except ServiceProblem:
        return [], Ranking(wanted=0)
    return choices if ranking.wanted else [], ranking


def _title(page: Page, choices: Sequence[Choice], ranking: Ranking) -> str:
    if not ranking.wanted:
        return page.say(msgid("You have no mentor to choose now"))
    if not choices:
        return page.say(msgid("No mentor has room for you now"))
    return page.say_number("One mentor has room for you", "%(num)s mentors have room for you", len(choices))


choosing = Capability(routes)
