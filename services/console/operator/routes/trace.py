"""What one command has caused, over all services: found by the id of the command, of an event, or their correlation."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from starlette.responses import Response

from services.console.frame.capabilities import Capability, Entry, Place, operators
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.operator.asking import ADMIN, Answers, away_words, bare, lasting, of_each, short
from services.console.operator.hops import Missing, given_up, tree, waiting
from services.console.operator.letter_views import Letters
from services.console.operator.routes.dead_letters import LETTERS
from services.console.operator.views import AllWaiting, Event, Events
from shared.clock import rfc3339
from shared.engine.authoring.grants import OPERATOR
from shared.web.routes import Pages

routes = Pages(allow=(OPERATOR,))

EVENTS = f"{ADMIN}/events"
SOON = timedelta(minutes=1)
"""How long after a command its first event is looked for; and before, since clocks differ."""
PAGE = 500
"""Events of a service that are shown."""


@routes.get("/operator/trace")
async def show_trace(page: CurrentPage, id: str = "") -> Response:
    """Show all that one command has caused, as a tree."""
    id = id.strip()[:128]
    found = await _found(page, id) if id else Answers[Events]({}, [])
    events = {service: answer.items for service, answer in found.of.items() if answer.items}
    if not events:
        title = page.say(msgid("Nothing has this id") if id else msgid("What has a command caused?"))
        return page.html("operator/trace.html", title, id=id, tree=None, away=away_words(page, found.away))
    first = min((event for some in events.values() for event in some), key=lambda event: event.id)
    grown = tree(events, await _missing(page, first))
    return page.html(
        "operator/trace.html",
        page.say_number(
            "One event in %(time)s", "%(num)s events in %(time)s", grown.events, time=milliseconds(page, grown.lasted)
        ),
        needs_you=bool(grown.missing),
        id=id,
        tree=grown,
        first=first,
        away=away_words(page, found.away),
        bare=bare,
        short=short,
        milliseconds=lambda value: milliseconds(page, value),
    )


async def _found(page: Page, id: str) -> Answers[Events]:
    """What has that correlation; or that of the event, or the command, that has the id."""
    found = await _correlated(page, id)
    if not any(answer.items for answer in found.of.values()):
        for filters in _windows(id):
            near = await of_each(page, Events, EVENTS, limit=PAGE, **filters)
            for event in (event for answer in near.of.values() for event in answer.items):
                if id in (event.id, event.causationid, event.correlationid):
                    return await _correlated(page, event.correlationid)
    return found


async def _correlated(page: Page, correlation: str) -> Answers[Events]:
    return await of_each(page, Events, EVENTS, correlation=correlation, limit=PAGE)


def _windows(id: str) -> list[dict[str, str]]:
    """Where to look for what is no correlation: ids say when they were made."""
    try:
        made = datetime.fromtimestamp((UUID(id).int >> 80) / 1000, UTC)
        return [{"event": id}, {"since": rfc3339(made - SOON), "until": rfc3339(made + SOON)}]
    except (ValueError, OverflowError):
        return []


async def _missing(page: Page, first: Event) -> list[Missing]:
    """What was given up, and what waits, of all that the command has caused."""
    wanted = {"tenant": first.tenant, "correlation": first.correlationid}
    dead = await of_each(page, Letters, LETTERS, limit=100, **wanted)
    parked = await of_each(page, AllWaiting, f"{ADMIN}/parked", **wanted)
    lost = [given_up(service, letter) for service, letters in dead.of.items() for letter in letters.items]
    return lost + [waiting(service, one) for service, some in parked.of.items() for one in some.items]


def milliseconds(page: Page, value: float) -> str:
    """Write a short time."""
    if value < 1000:
        return page.say(msgid("%(n)s ms"), n=page.texts.number(round(value)))
    return lasting(page, value / 1000)


trace = Capability(routes, (Entry(Place.CELL, msgid("Trace"), "/operator/trace", "route", operators),))
