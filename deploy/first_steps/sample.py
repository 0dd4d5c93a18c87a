"""The sample organization of a system on this machine: somebody runs it, and somebody manages its program."""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from deploy.local.running import Operator
from deploy.tour import onboarding
from deploy.tour.api import Caller, Read, Refused, Services

SLUG, NAME = "sandbox-sample", "Sample community"
"""Where no tour was taken, whose organization has more to look at."""


class Known(NamedTuple):
    """Somebody of the sample, as the one who signs in may call themselves."""

    name: str
    email: str


PEOPLE = {"admin": Known("Alma Reyes", "alma.reyes@example.org"), "manager": Known("Max Lind", "max.lind@example.org")}
"""By what they do."""


class Role(Read):
    """A role that somebody has."""

    role: str


class Roles(Read):
    """All roles of somebody."""

    roles: list[Role]


class Program(Read):
    """A program."""

    id: str


class Link(Read):
    """A link by which somebody signs in, once. `expires_in` is in seconds."""

    link: str
    expires_in: int


@dataclass(slots=True, frozen=True)
class Sample:
    """A sample organization, its people by what they do, and the operator, who lets them in: so it is in sandboxes."""

    services: Services
    organization_id: str
    operator: Caller
    people: dict[str, str]

    async def new_link(self, who: str) -> Link:
        """Make a link by which one of its people signs in."""
        return await self.operator.post_for("intake", "/sign-in-links", Link, json={"person_id": self.people[who]})

    async def sign_in(self, who: str) -> Caller:
        """One of its people, signed in."""
        return await self.services.sign_in(partial(self._link, who))

    async def has_role(self, caller: Caller, who: str) -> bool:
        """Whether one of its people has the role, as somebody sees who may."""
        return any(one.role == who for one in await self._roles(caller, who))

    async def _roles(self, caller: Caller, who: str) -> list[Role]:
        return (await caller.get("intake", f"/people/{self.people[who]}/roles", Roles)).roles

    async def _link(self, who: str) -> str:
        return (await self.new_link(who)).link


async def prepare(services: Services, credentials: Operator) -> Sample:
    """Make what is missing of the sample, and return it; raises Refused, and DidNotHappen.

    The admin is invited by the operator and accepts, as everybody does; the manager is given the role by the admin.
    """
    slug = await _organization(services, credentials)
    operator = await services.token(credentials, tenant=slug)
    people = {who: await _person(operator, known) for who, known in PEOPLE.items()}
    sample = Sample(services, slug, operator, people)
    admin = await sample.sign_in("admin")
    if not await sample.has_role(admin, "admin"):
        body = {"email": PEOPLE["admin"].email, "role": "admin"}
        invitation = await operator.post("intake", "/role-invitations", body, key=f"admin-of-{slug}")
        await admin.post("intake", f"/role-invitations/{invitation.id}/accept")
        admin = await sample.sign_in("admin")
    if not await sample.has_role(admin, "manager"):
        body = {"role": "manager", "program_id": await _program(admin)}
        await admin.post("intake", f"/people/{people['manager']}/roles", body)
    return sample


async def _organization(services: Services, credentials: Operator) -> str:
    """The tour's, if it was taken; else one of its own, which is registered at the first time."""
    if await onboarding.is_registered(services, credentials):
        return onboarding.SLUG
    body = {"slug": SLUG, "name": NAME, "locale": "en", "time_zone": "Europe/London"}
    try:
        await (await services.token(credentials)).post("intake", "/organizations", body)
    except Refused as refused:
        if refused.code != "slug-taken":
            raise
    return SLUG


async def _person(operator: Caller, known: Known) -> str:
    """The id of somebody, who is added if they are new."""
    try:
        return (await operator.post("intake", "/people", known._asdict() | {"time_zone": "Europe/London"})).id
    except Refused as refused:
        if refused.code != "email-taken":
            raise
        return str(refused.problem["person_id"])


async def _program(admin: Caller) -> str:
    """The first program; one is made if there is none."""
    for program in await admin.every("intake", "/programs", Program):
        return program.id
    return (await admin.post("intake", "/programs", {"title": "Long-term mentoring"}, key="program-of-the-sample")).id
