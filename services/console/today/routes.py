"""The page that everybody sees first."""

from starlette.responses import Response

from services.console.api import ServiceAway
from services.console.frame.capabilities import Capability, Entry, Place, Waiting, everybody
from services.console.frame.page import CurrentPage
from services.console.frame.texts import msgid
from services.console.onboarding.tour import tour
from shared.engine.authoring.grants import PERSON
from shared.web.routes import Pages

routes = Pages(allow=(PERSON,))


@routes.get("/today")
async def show_today(page: CurrentPage) -> Response:
    """Show what waits for whoever looks."""
    waiting, away = list[Waiting](), list[str]()
    for waits in page.frame.waits:
        try:
            waiting += await waits(page)
        except ServiceAway as problem:
            away.append(problem.service)
    waiting.sort(key=lambda one: (one.urgency, one.since or page.now))
    title = page.say_number("One thing needs you", "%(num)s things need you", len(waiting))
    return page.html(
        "today/today.html",
        title if waiting else page.say(msgid("Nothing needs you")),
        needs_you=bool(waiting),
        waiting=waiting,
        away=sorted(set(away)),
        steps=await tour(page),
    )


today = Capability(routes, entries=(Entry(Place.FIRST, msgid("Today"), "/today", "sun", everybody),))
