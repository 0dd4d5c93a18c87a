"""How the services are: one line each, and all that is known of one."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.frame.capabilities import Capability, Entry, Place, operators
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.operator.asking import ADMIN, counted, lasting, of_each
from services.console.operator.views import Status, Trend
from shared.engine.authoring.grants import OPERATOR
from shared.web.routes import Pages

routes = Pages(allow=(OPERATOR,))

LATE = 60.0
"""Seconds from which on a service counts as behind."""


@dataclass(frozen=True, slots=True)
class Line:
    """A service as the list shows it. `status` is None where it does not answer."""

    name: str
    kind: str
    words: str
    status: Status | None = None
    behind: tuple[float, ...] = ()

    @property
    def needs_somebody(self) -> bool:
        """Whether it does not do what it should."""
        return self.kind in ("stop", "act")


@routes.get("/operator")
async def show_services(page: CurrentPage) -> Response:
    """Show how all services are."""
    statuses = await of_each(page, Status, f"{ADMIN}/status")
    trends = await of_each(page, Trend, f"{ADMIN}/trend")
    lines = [Line(name, "stop", page.say(msgid("does not answer"))) for name in statuses.away]
    for name, status in statuses.of.items():
        trend = trends.of.get(name, Trend())
        lines.append(Line(name, *state_of(page, status), status, tuple(one.behind_seconds for one in trend.items)))
    bad = [line for line in lines if line.needs_somebody]
    letters = sum(status.dead_letters for status in statuses.of.values())
    return page.html(
        "operator/services.html",
        _title(page, lines, bad),
        needs_you=bool(bad or letters),
        lines=lines,
        letters=letters,
        cell_name=next((one.cell for one in statuses.of.values()), ""),
        versions=sorted({one.version for one in statuses.of.values()}),
        lasting=lambda seconds: lasting(page, seconds),
        counted=lambda number: counted(page, number),
    )


@routes.get("/operator/services/{service}")
async def show_service(service: str, page: CurrentPage) -> Response:
    """Show all that is known of one service."""
    if service not in page.api.settings.service_names:
        raise HTTPException(404)
    status = await page.api.one(Status, service, f"{ADMIN}/status")
    trend = await page.api.one(Trend, service, f"{ADMIN}/trend")
    kind, words = state_of(page, status)
    return page.html(
        "operator/service.html",
        page.say(msgid("%(service)s: %(state)s"), service=service, state=words),
        needs_you=kind in ("stop", "act"),
        status=status,
        trend=trend,
        lasting=lambda seconds: lasting(page, seconds),
        counted=lambda number: counted(page, number),
    )


def state_of(page: Page, status: Status) -> tuple[str, str]:
    """Return how a service is, as a kind of status and in words: what matters most."""
    if status.database != "ok":
        return "stop", page.say(msgid("its database does not answer"))
    if status.broker != "ok":
        return "stop", page.say(msgid("the broker does not answer"))
    if not status.works:
        return "act", page.say(msgid("no worker runs"))
    if status.gaps:
        return "act", page.say(msgid("lacks records"))
    if status.paused:
        return "act", page.say_number("one handler is paused", "%(num)s handlers are paused", len(status.paused))
    if status.lag and (status.lag.seconds or 0) >= LATE:
        return "act", page.say(msgid("behind by %(time)s"), time=lasting(page, status.lag.seconds or 0))
    return _waiting(page, status)


def _waiting(page: Page, status: Status) -> tuple[str, str]:
    """What waits in a service that works."""
    if status.dead_letters:
        return "wait", page.say_number("one dead letter", "%(num)s dead letters", status.dead_letters)
    if status.effects.failing:
        return "wait", page.say_number("one effect fails", "%(num)s effects fail", status.effects.failing)
    if status.lanes.parked:
        return "wait", page.say_number("one lane waits", "%(num)s lanes wait", status.lanes.parked)
    return "good", page.say(msgid("fine"))


def _title(page: Page, lines: list[Line], bad: list[Line]) -> str:
    if not bad:
        return page.say_number("The one service runs", "All %(num)s services run", len(lines))
    if len(bad) == 1:
        return page.say(msgid("%(service)s: %(state)s"), service=bad[0].name, state=bad[0].words)
    return page.say(msgid("%(bad)s of %(all)s services need you"), bad=len(bad), all=len(lines))


services = Capability(routes, (Entry(Place.CELL, msgid("Services"), "/operator", "activity", operators),))
