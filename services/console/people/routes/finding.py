"""The pages on which people and programs are found, and people are invited."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Form
from pydantic import BaseModel
from starlette.responses import Response

from services.console.api import Rows, ServiceProblem
from services.console.frame.capabilities import Capability, Entry, Place, admins
from services.console.frame.forms import Key, Text
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.people.views import Card, RoleToGive, roles_to_give
from shared.engine.authoring.grants import ADMIN, PERSON, Manager
from shared.web.routes import Pages

routes = Pages()

PAGE = 50
LONGEST = 200
"""Characters of what is searched for."""


class NewInvitation(BaseModel):
    """Somebody is to be asked to take on a role."""

    key: Key = ""
    email: Text = ""
    name: Text = ""
    role: Text = ""
    back: Text = ""

    def body(self, page: Page) -> dict[str, str]:
        """It, as intake takes it; who is new here is written to in the organization's language, as it has its clock."""
        here = page.around.organization
        named = {"name": self.name} if self.name.strip() else {}
        told = {"email": self.email.strip(), "locale": here.locale, "time_zone": here.time_zone}
        return told | named | RoleToGive.named(self.role).body


@routes.get("/people", allow=(ADMIN,))
async def list_people(page: CurrentPage, q: str = "", after: str = "", invited: str = "") -> Response:
    """Show the people of the organization, by name or address."""
    q = q.strip()[:LONGEST]
    rows = await page.api.page(Card, "intake", "/v1/people", search=q or None, after=after or None, limit=PAGE)
    title, roles = _headline(page, rows, q), roles_to_give(page)
    return page.html("people/people.html", title, rows=rows, q=q, after=after, roles=roles, invited=invited)


@routes.post("/people/invite", allow=(ADMIN, Manager))
async def invite(page: CurrentPage, new: Annotated[NewInvitation, Form()]) -> Response:
    """Invite an address to a role."""
    try:
        await page.api.do("intake", "/v1/role-invitations", new.body(page), new.key)
    except ServiceProblem as problem:
        return page.html(
            "people/invite.html",
            page.say(msgid("Nobody was invited yet")),
            problem=problem,
            typed=new.model_dump(),
            roles=roles_to_give(page),
        )
    return page.go(f"/people?invited={new.email.strip()}" if "admin" in page.caller.roles else page.came_from)


@routes.get("/search", allow=(PERSON,))
async def search(page: CurrentPage, q: str = "") -> Response:
    """Show the programs and the people whose name begins like that, as far as whoever looks may see them."""
    q = q.strip()[:LONGEST]
    programs = [one for one in page.around.programs if q and q.casefold() in one.title.casefold()]
    people = await find_people(page, q) if q else []
    count = len(programs) + len(people)
    title = page.say_number("One thing has that name", "%(num)s things have that name", count)
    return page.html(
        "people/search.html",
        title if count else page.say(msgid("Nothing has that name")),
        q=q,
        programs=programs,
        people=people,
    )


async def find_people(page: Page, q: str) -> Sequence[Card]:
    """Return the people found: an admin's are all, a manager's those of each program of theirs."""
    if "admin" in page.caller.roles:
        return (await page.api.page(Card, "intake", "/v1/people", search=q, limit=PAGE)).items
    found = dict[str, Card]()
    for program in page.managed:
        rows = await page.api.page(Card, "intake", "/v1/people", search=q, program_id=program.id, limit=PAGE)
        found |= {one.id: one for one in rows.items}
    return list(found.values())


def _headline(page: Page, rows: Rows[Card], q: str) -> str:
    if not rows.items:
        return page.say(msgid("Nobody has that name")) if q else page.say(msgid("Nobody is here yet"))
    if rows.next:
        return page.say(msgid("More than %(count)s people"), count=page.texts.number(len(rows.items)))
    return page.say_number("One person", "%(num)s people", len(rows.items))


people = Capability(routes, (Entry(Place.ORGANIZATION, msgid("People"), "/people", "users", admins),))
