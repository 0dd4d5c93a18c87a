"""Events as they flow, of all services: what, about what, whose. Never their data."""

from datetime import timedelta
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from services.console.frame.capabilities import Capability, Entry, Place, operators
from services.console.frame.page import CurrentPage
from services.console.frame.texts import msgid
from services.console.operator.asking import away_words, bare, of_each, short
from services.console.operator.routes.trace import EVENTS
from services.console.operator.views import Events
from shared.clock import rfc3339
from shared.engine.authoring.grants import OPERATOR
from shared.web.routes import Pages

routes = Pages(allow=(OPERATOR,))

SHOWN = 100
AGO = {"10m": timedelta(minutes=10), "1h": timedelta(hours=1), "1d": timedelta(days=1)}
"""From so long ago on, instead of the latest."""

Filter = Annotated[str, Query(max_length=200)]


@routes.get("/operator/events")
async def show_events(
    page: CurrentPage, tenant: Filter = "", type: Filter = "", service: Filter = "", since: Filter = ""
) -> Response:
    """Show what has happened lately, the latest first."""
    filters = {"tenant": tenant.strip()[:40], "type": type.strip()}
    if since in AGO:
        filters["since"] = rfc3339(page.machine_now - AGO[since])
    found = await of_each(
        page, Events, EVENTS, limit=SHOWN, **{name: value for name, value in filters.items() if value}
    )
    events = [(name, event) for name, answer in found.of.items() for event in answer.items if service in ("", name)]
    events.sort(key=lambda pair: pair[1].id, reverse=since not in AGO)
    title = page.say_number("The latest event", "The latest %(num)s events", len(events[:SHOWN]))
    return page.html(
        "operator/events.html",
        title if events else page.say(msgid("No such event has come")),
        events=events[:SHOWN],
        wanted={"tenant": tenant, "type": type, "service": service, "since": since},
        services=page.api.settings.service_names,
        away=away_words(page, found.away),
        bare=bare,
        short=short,
    )


events = Capability(routes, (Entry(Place.CELL, msgid("Events"), "/operator/events", "list-checks", operators),))
