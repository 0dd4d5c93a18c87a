"""Topics: as they should be and as they are, what is missing in them, and how one gets more partitions."""

from typing import Annotated

from fastapi import Form
from starlette.responses import Response

from services.console.api import ServiceProblem
from services.console.frame.capabilities import Capability, Entry, Place, operators
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.operator.asking import ADMIN, away_words, of_each
from services.console.operator.work_views import Gaps, Topics
from shared.engine.authoring.grants import OPERATOR
from shared.web.routes import Pages

routes = Pages(allow=(OPERATOR,))

HERE = "/operator/topics"
Text = Annotated[str, Form(max_length=200)]
Number = Annotated[str, Form(max_length=9)]


@routes.get(HERE)
async def show_topics(page: CurrentPage) -> Response:
    """Show the topics that the services read or write."""
    return await _show(page)


@routes.post("/operator/topics/grow")
async def grow(page: CurrentPage, service: Text, partitions: Number) -> Response:
    """Give the topic of a service more partitions."""
    body: dict[str, object] = {"partitions": int(partitions) if partitions.isdecimal() else partitions}
    return await _ask(page, service, "topics/grow", body)


@routes.post("/operator/topics/repair")
async def repair(page: CurrentPage, service: Text, topic: Text) -> Response:
    """Ask the publishers of a topic once more for what a service lacks of it."""
    return await _ask(page, service, "gaps/repair", {"topic": topic})


@routes.post("/operator/topics/skip")
async def skip(page: CurrentPage, service: Text, topic: Text) -> Response:
    """Go on without what a service lacks of a topic."""
    return await _ask(page, service, "gaps/skip", {"topic": topic})


async def _ask(page: Page, service: str, path: str, body: dict[str, object]) -> Response:
    if service not in page.api.settings.service_names:
        raise ServiceProblem(service, 404, {})
    try:
        await page.api.do(service, f"{ADMIN}/{path}", body)
    except ServiceProblem as problem:
        return await _show(page, problem)
    return page.go(HERE)


async def _show(page: Page, problem: ServiceProblem | None = None) -> Response:
    found, lacking = await of_each(page, Topics, f"{ADMIN}/topics"), await of_each(page, Gaps, f"{ADMIN}/gaps")
    gaps = [(service, gap) for service, answer in lacking.of.items() for gap in answer.items]
    topics = {topic.name: topic for answer in found.of.values() for topic in answer.items}
    differing = sum(bool(topic.differences) for topic in topics.values())
    title = page.say_number("One topic differs", "%(num)s topics differ", differing)
    if gaps:
        title = page.say_number("Records of one topic are missing", "Records of %(num)s topics are missing", len(gaps))
    elif not differing:
        title = page.say(msgid("All topics are as they should be"))
    return page.html(
        "operator/topics.html",
        title,
        needs_you=bool(gaps or differing),
        problem=problem,
        gaps=gaps,
        topics=sorted(topics.values(), key=lambda topic: topic.name),
        services=page.api.settings.service_names,
        away=away_words(page, found.away),
    )


topics = Capability(routes, (Entry(Place.CELL, msgid("Topics"), HERE, "columns-3", operators),))
