"""The pages on which people and programs are found."""

from collections.abc import Sequence

from starlette.responses import Response

from services.console.api import Rows, Shown
from services.console.frame.capabilities import Capability, Entry, Place, admins
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from shared.engine.authoring.grants import ADMIN, PERSON
from shared.web.routes import Pages

routes = Pages()

PAGE = 50
LONGEST = 200
"""Characters of what is searched for."""


class Found(Shown):
    """A person, as far as those see them who look after them."""

    id: str
    name: str
    email: str
    locale: str
    time_zone: str


@routes.get("/people", allow=(ADMIN,))
async def list_people(page: CurrentPage, q: str = "", after: str = "") -> Response:
    """Show the people of the organization, by name or address."""
    q = q.strip()[:LONGEST]
    rows = await page.api.page(Found, "intake", "/v1/people", search=q or None, after=after or None, limit=PAGE)
    return page.html("people/people.html", _headline(page, rows, q), rows=rows, q=q, after=after)


@routes.get("/search", allow=(PERSON,))
async def search(page: CurrentPage, q: str = "") -> Response:
    """Show the programs and the people whose name begins like that, as far as whoever looks may see them."""
    q = q.strip()[:LONGEST]
    programs = [one for one in page.around.programs if q and q.casefold() in one.title.casefold()]
    people = await _people(page, q) if q else []
    count = len(programs) + len(people)
    title = page.say_number("One thing has that name", "%(num)s things have that name", count)
    return page.html(
        "people/search.html",
        title if count else page.say(msgid("Nothing has that name")),
        q=q,
        programs=programs,
        people=people,
    )


async def _people(page: Page, q: str) -> Sequence[Found]:
    """The people found: an admin's are all, a manager's those of each program of theirs."""
    if "admin" in page.caller.roles:
        return (await page.api.page(Found, "intake", "/v1/people", search=q, limit=PAGE)).items
    found = dict[str, Found]()
    for program in page.managed:
        rows = await page.api.page(Found, "intake", "/v1/people", search=q, program_id=program.id, limit=PAGE)
        found |= {one.id: one for one in rows.items}
    return list(found.values())


def _headline(page: Page, rows: Rows[Found], q: str) -> str:
    if not rows.items:
        return page.say(msgid("Nobody has that name")) if q else page.say(msgid("Nobody is here yet"))
    if rows.next:
        return page.say(msgid("More than %(count)s people"), count=page.texts.number(len(rows.items)))
    return page.say_number("One person", "%(num)s people", len(rows.items))


people = Capability(routes, (Entry(Place.ORGANIZATION, msgid("People"), "/people", "users", admins),))
