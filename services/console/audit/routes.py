"""The pages of the audit trail: read, by whom and about whom, checked, and taken away as a file."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode

from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from services.console.api import ServiceProblem, Shown, at
from services.console.audit.telling import capacity, told
from services.console.frame.capabilities import Capability, Entry, Place, admins
from services.console.frame.page import NO_STORE, CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.people.views import Card, names_of
from shared.engine.authoring.grants import ADMIN
from shared.web.routes import Pages

routes = Pages(allow=(ADMIN,))

SERVICES = {
    "intake": msgid("People, roles, programs, applications"),
    "matching": msgid("Pools, runs, matches"),
    "sessions": msgid("Relationships, sessions, action items"),
    "evaluation": msgid("Feedback, figures, risks"),
    "notify": msgid("Mails"),
}
"""Those that keep a trail, and what theirs is about."""
FORMATS = "csv", "jsonl"
PAGE = 50
LONGEST = 200
MOST_STEPS = 40
"""Requests by which one page checks a trail: what is longer is gone on with."""


class Line(Shown):
    """What somebody has done or seen."""

    number: int
    at: datetime
    actor: str
    role: str
    operation: str
    people: Sequence[str] = ()
    count: int = 0
    network: str = ""
    status: int

    @property
    def kind(self) -> str:
        """What kind of asker it was."""
        return self.actor.partition("/")[0]

    @property
    def who(self) -> str:
        """Their id."""
        return self.actor.partition("/")[2]


class Checked(Shown):
    """What was found of some lines, in their order."""

    breaks: Sequence[str] = ()
    lines: int = 0
    first: int = 1
    number: int = 0
    hash: str = ""
    next: int | None = None


class Whom(Shown):
    """Whom somebody searches the trail for: a person, by what is typed."""

    typed: str
    person: Card | None = None


@routes.get("/audit")
async def show_trail(
    page: CurrentPage, service: str = "intake", by: str = "", about: str = "", after: str = ""
) -> Response:
    """Show what was done and seen, the latest first: by somebody, or about somebody."""
    service = _known(service)
    actor, person = await _whom(page, by), await _whom(page, about)
    is_nobody = any(one.typed and one.person is None for one in (actor, person))
    where = {
        "actor": f"person/{actor.person.id}" if actor.person else None,
        "person_id": person.person.id if person.person else None,
        "after": after or None,
    }
    rows = await page.api.page(Line, service, "/v1/audit", limit=PAGE, **where) if not is_nobody else None
    lines = rows.items if rows else []
    named = [f"person/{id}" for one in lines for id in one.people[:1]]
    names = await names_of(page, [*(one.actor for one in lines), *named])
    return page.html(
        "audit/trail.html",
        _headline(page, lines, after),
        service=service,
        sides=_sides(page, service),
        by=actor,
        about=person,
        lines=[(one, told(page, one.operation), capacity(page, one.role)) for one in lines],
        names=names,
        older=_query(service, by, about, rows.next) if rows and rows.next else None,
        latest=_query(service, by, about) if after else None,
    )


@routes.get("/audit/check")
async def check_trail(page: CurrentPage, service: str = "intake", after: int = 0) -> Response:
    """Check that no line was changed, removed or put elsewhere, and say so in words."""
    service = _known(service)
    found, breaks, lines = Checked(), list[str](), 0
    next: int | None = after
    for _ in range(MOST_STEPS):
        found = await page.api.one(Checked, service, "/v1/audit/verification", after=next)
        breaks, lines, next = [*breaks, *found.breaks], lines + found.lines, found.next
        if next is None or breaks:
            break
    title = msgid("Every line is as it was written") if not breaks else msgid("This trail is not as it was written")
    return page.html(
        "audit/checked.html",
        page.say(title if breaks or lines else msgid("There is no line yet")),
        service=service,
        sides=_sides(page, service, "/audit/check"),
        found=found,
        breaks=breaks,
        lines=lines,
        next=next,
    )


@routes.get("/audit/export")
async def take_away(page: CurrentPage, service: str = "intake", format: str = "csv") -> Response:
    """Give the whole trail as a file."""
    service, format = _known(service), format if format in FORMATS else "csv"
    answer = await page.api.send("GET", service, "/v1/audit/export", params={"format": format}, stream=True)
    headers = NO_STORE | {name: answer.headers[name] for name in ("Content-Type", "Content-Disposition")}
    return StreamingResponse(answer.aiter_bytes(), headers=headers, background=BackgroundTask(answer.aclose))


def _known(service: str) -> str:
    return service if service in SERVICES else "intake"


def _sides(page: Page, service: str, path: str = "/audit") -> list[Mapping[str, object]]:
    return [
        {"words": page.say(words), "href": f"{path}?service={name}", "is_current": name == service}
        for name, words in SERVICES.items()
    ]


async def _whom(page: Page, typed: str) -> Whom:
    """The person whom somebody names by id, name or address; the first of those that fit."""
    typed = typed.strip()[:LONGEST]
    if not typed:
        return Whom(typed="")
    rows = await page.api.page(Card, "intake", "/v1/people", search=typed, limit=1)
    return Whom(typed=typed, person=rows.items[0] if rows.items else await _by_id(page, typed))


async def _by_id(page: Page, typed: str) -> Card | None:
    try:
        return await page.api.one(Card, "intake", at("/v1/people/{}", typed))
    except ServiceProblem:
        return None


def _headline(page: Page, lines: Sequence[Line], after: str) -> str:
    if not lines:
        return page.say(msgid("Nothing is on this trail"))
    latest = page.moment(lines[0].at)
    words = msgid("What was done and seen until %(moment)s") if after else msgid("The latest was on %(moment)s")
    return page.say(words, moment=latest)


def _query(service: str, by: str, about: str, after: str = "") -> str:
    asked = {"service": service, "by": by, "about": about, "after": after}
    return f"/audit?{urlencode({name: value for name, value in asked.items() if value})}"


audit = Capability(routes, (Entry(Place.ORGANIZATION, msgid("Audit trail"), "/audit", "history", admins),))
