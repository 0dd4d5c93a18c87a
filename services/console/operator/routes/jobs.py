"""Replays of stored events and rebuilds of read models: begun here, and seen to move."""

from typing import Annotated

from fastapi import Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.console.api import ServiceProblem, at
from services.console.frame.capabilities import Capability, Entry, Place, operators
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.operator.asking import ADMIN, away_words, of_each
from services.console.operator.work_views import Models, Replays
from shared.engine.authoring.grants import OPERATOR
from shared.web.routes import Pages

routes = Pages(allow=(OPERATOR,))

HERE = "/operator/replays"


class WantedReplay(BaseModel):
    """What is asked for in the form: whose events, for which group, and which of them."""

    service: str = Field(max_length=40)
    group: str = Field(max_length=200)
    tenant: str = Field("", max_length=40)
    types: str = Field("", max_length=2000)
    since: str = Field("", max_length=40)

    def body(self) -> dict[str, object]:
        """Return what the service is asked for."""
        since = f"{self.since}T00:00:00Z" if self.since else ""
        said = {"group": self.group.strip(), "tenant": self.tenant.strip(), "since": since}
        types = self.types.replace(",", " ").split()
        return {name: value for name, value in said.items() if value} | ({"types": types} if types else {})


@routes.get(HERE)
async def show_jobs(page: CurrentPage) -> Response:
    """Show the replays and the read models of all services."""
    return await _show(page)


@routes.post(HERE)
async def begin_replay(page: CurrentPage, wanted: Annotated[WantedReplay, Form()]) -> Response:
    """Publish stored events once more, for one consumer group."""
    return await _ask(page, wanted.service, f"{ADMIN}/replays", wanted.body())


@routes.post("/operator/models/{service}/{name}/rebuild")
async def rebuild(service: str, name: str, page: CurrentPage) -> Response:
    """Build a read model anew, beside the one that readers see."""
    return await _ask(page, service, at(ADMIN + "/models/{}/rebuild", name))


@routes.post("/operator/models/{service}/{name}/abandon")
async def abandon(service: str, name: str, page: CurrentPage) -> Response:
    """Give a rebuild up; the model stays as readers see it."""
    return await _ask(page, service, at(ADMIN + "/models/{}/abandon", name))


async def _ask(page: Page, service: str, path: str, body: dict[str, object] | None = None) -> Response:
    if service not in page.api.settings.service_names:
        raise ServiceProblem(service, 404, {})
    try:
        await page.api.do(service, path, body)
    except ServiceProblem as problem:
        return await _show(page, problem)
    return page.go(HERE)


async def _show(page: Page, problem: ServiceProblem | None = None) -> Response:
    found = await of_each(page, Replays, f"{ADMIN}/replays", limit=100)
    built = await of_each(page, Models, f"{ADMIN}/models")
    replays = [(service, replay) for service, answer in found.of.items() for replay in answer.items]
    replays.sort(key=lambda pair: (pair[1].state != "running", -pair[1].started_at.timestamp()))
    models = [(service, model) for service, answer in built.of.items() for model in answer.items]
    running = sum(one.state == "running" for _, one in replays) + sum(one.state == "rebuilding" for _, one in models)
    title = page.say_number("One replay or rebuild runs", "%(num)s replays and rebuilds run", running)
    return page.html(
        "operator/jobs.html",
        title if running else page.say(msgid("Nothing is replayed or rebuilt")),
        problem=problem,
        replays=replays,
        moves=running > 0,
        models=models,
        services=page.api.settings.service_names,
        away=away_words(page, found.away),
    )


jobs = Capability(routes, (Entry(Place.CELL, msgid("Replays and rebuilds"), HERE, "history", operators),))
