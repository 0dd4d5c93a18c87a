"""What pages read of people: their cards, their roles, and where they are signed in."""

from collections.abc import Sequence
from datetime import datetime

from services.console.api import Naming, Shown
from services.console.frame.page import Page
from services.console.frame.texts import msgid

ROLE_NAMES = {
    "admin": msgid("Admin"),
    "manager": msgid("Manager"),
    "reviewer": msgid("Reviewer"),
    "lead": msgid("Lead mentor"),
    "partner_admin": msgid("Partner admin"),
}
BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad")),
    *(("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux")),
)
"""By what a browser says of itself; the first that is found counts."""
OF_PROGRAM = ("manager", "reviewer", "lead")
"""The roles that are for one program each."""
GIVEN_BY_MANAGERS = ("reviewer", "lead")


class Card(Shown):
    """A person's contact card."""

    id: str
    name: str
    pronouns: str = ""
    email: str
    locale: str
    time_zone: str
    shows_email: bool = True
    new_email: str | None = None
    merged_into: str | None = None
    gone: str | None = None


class RoleToGive(Shown):
    """A role, and the program that it is for."""

    role: str
    program_id: str | None = None

    @property
    def name(self) -> str:
        """How forms and tokens name it."""
        return f"{self.role}:{self.program_id}" if self.program_id else self.role

    @classmethod
    def named(cls, name: str) -> "RoleToGive":
        """Return the role that a form names."""
        role, _, program_id = name.partition(":")
        return cls(role=role, program_id=program_id or None)

    @property
    def body(self) -> dict[str, str]:
        """It, as commands take it."""
        return self.model_dump(include={"role", "program_id"}, exclude_none=True)


class Role(RoleToGive):
    """A role that somebody has; that of a partner admin is for a program of the `host`."""

    host: str | None = None
    since: datetime
    by: str = ""

    @property
    def is_by_provider(self) -> bool:
        """Whether it follows from what the organization's provider says of the person."""
        return self.by == "service/identity-provider"


class InvitedTo(RoleToGive):
    """A role to which somebody is invited."""

    until: datetime


class Roles(Naming):
    """All roles of a person, and those to which they are invited."""

    id: str
    roles: Sequence[Role] = ()
    invited: Sequence[InvitedTo] = ()

    def open(self, now: datetime) -> list[InvitedTo]:
        """Return the invitations that can still be accepted."""
        return [one for one in self.invited if one.until > now]


class SignedInAt(Shown):
    """One place where somebody is signed in."""

    id: str
    program: str
    signed_in_at: datetime
    used_at: datetime

    @property
    def called(self) -> str:
        """What people call the browser and what it runs on, where it says so; else what it says."""
        browser = next((name for mark, name in BROWSERS if mark in self.program), "")
        system = next((name for mark, name in SYSTEMS if mark in self.program), "")
        return ", ".join(filter(None, (browser, system))) if browser else self.program


class Places(Shown):
    """All places where somebody is signed in; none if they are suspended."""

    items: Sequence[SignedInAt] = ()
    is_suspended: bool = False

    @property
    def latest_first(self) -> list[SignedInAt]:
        """The places, the one that was used last at the top."""
        return sorted(self.items, key=lambda one: one.used_at, reverse=True)


def role_called(page: Page, role: RoleToGive) -> str:
    """Return what a role is called."""
    return page.say(ROLE_NAMES.get(role.role, role.role))


def where(page: Page, role: RoleToGive) -> str:
    """Return what a role is for: a program by its title, or the organization."""
    if role.program_id is None:
        return page.around.organization.name
    program = page.program(role.program_id)
    return program.title if program else page.say(msgid("a program of others"))


def roles_to_give(page: Page) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the roles that whoever looks gives, as a form offers them: by program, and first the organization's."""
    is_admin = "admin" in page.caller.roles
    given = OF_PROGRAM if is_admin else GIVEN_BY_MANAGERS
    own = [(page.around.organization.name, [("admin", page.say(ROLE_NAMES["admin"]))])] if is_admin else []
    return own + [
        (one.title, [(f"{role}:{one.id}", page.say(ROLE_NAMES[role])) for role in given]) for one in page.managed
    ]


class Name(Shown):
    """What somebody is called."""

    id: str
    name: str


class Names(Shown):
    """Names of people."""

    items: Sequence[Name] = ()


async def names_of(page: Page, actors: Sequence[str]) -> dict[str, str]:
    """Return what those are called who have asked, as far as whoever looks may see their names."""
    ids = sorted({id for kind, _, id in (one.partition("/") for one in actors) if kind == "person"})
    if not ids:
        return {}
    answer = await page.api.send("POST", "intake", "/v1/people/names", json={"ids": ids[:200]})
    return {one.id: one.name for one in Names.model_validate_json(answer.content).items}
