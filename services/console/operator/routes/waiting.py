"""What waits: messages in lanes, which can be tried now, and what the services will do by themselves."""

from typing import Annotated

from fastapi import Form, Query
from starlette.responses import Response

from services.console.frame.capabilities import Capability, Entry, Place, operators
from services.console.frame.page import CurrentPage
from services.console.frame.texts import msgid
from services.console.operator.asking import ADMIN, away_words, bare, of_each
from services.console.operator.work_views import Lanes, Timers
from shared.engine.authoring.grants import OPERATOR
from shared.web.routes import Pages

routes = Pages(allow=(OPERATOR,))

SHOWN = 100
SOONEST = 50

Tenant = Annotated[str, Query(max_length=40)]
Text = Annotated[str, Form(max_length=1000)]


@routes.get("/operator/waiting")
async def show_waiting(page: CurrentPage, tenant: Tenant = "") -> Response:
    """Show the messages that wait in order, and why."""
    found = await of_each(page, Lanes, f"{ADMIN}/lanes", tenant=tenant.strip() or None, limit=SHOWN)
    lanes = [(service, lane) for service, answer in found.of.items() for lane in answer.items]
    title = page.say_number("One lane waits", "%(num)s lanes wait", len(lanes))
    return page.html(
        "operator/waiting.html",
        title if lanes else page.say(msgid("Nothing waits in a lane")),
        lanes=lanes,
        tenant=tenant,
        away=away_words(page, found.away),
    )


@routes.post("/operator/waiting/wake")
async def wake(page: CurrentPage, service: Text, id: Text = "") -> Response:
    """Try what waits in a lane now, or in all lanes of a service."""
    if service in page.api.settings.service_names:
        await page.api.do(service, f"{ADMIN}/lanes/wake", {"id": id} if id else {})
    return page.go(page.came_from)


@routes.get("/operator/timers")
async def show_timers(page: CurrentPage, tenant: Tenant = "") -> Response:
    """Show what the services will do by themselves, the soonest first."""
    found = await of_each(page, Timers, f"{ADMIN}/timers", tenant=tenant.strip() or None, limit=SOONEST)
    timers = [(service, timer) for service, answer in found.of.items() for timer in answer.items]
    timers.sort(key=lambda pair: (pair[1].overdue_seconds is None, pair[1].due, pair[1].id))
    late = sum(timer.overdue_seconds is not None for _, timer in timers)
    title = page.say_number("One timer is due", "%(num)s timers are due", late)
    return page.html(
        "operator/timers.html",
        title if late else page.say(msgid("No timer is due")),
        timers=timers[:SOONEST],
        tenant=tenant,
        away=away_words(page, found.away),
        bare=bare,
    )


waiting = Capability(
    routes,
    (
        Entry(Place.CELL, msgid("Lanes"), "/operator/waiting", "hourglass", operators),
        Entry(Place.CELL, msgid("Timers"), "/operator/timers", "timer", operators),
    ),
)
