"""Organizations: what each has of the services, how much it may have, and whether it goes on."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import Form, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.console.api import Api, ServiceProblem, at
from services.console.frame.capabilities import Capability, Entry, Place, operators
from services.console.frame.forms import Key
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.operator.asking import ADMIN, away_words, counted, of_each
from services.console.operator.organization_views import Organization, Usage, Usages
from services.console.provider.views import Trial
from shared.engine.authoring.grants import OPERATOR
from shared.web.routes import Pages

routes = Pages(allow=(OPERATOR,))

TENANTS = f"{ADMIN}/tenants"
SHOWN = 100
REASONS = {
    "requested": msgid("It asks for that"),
    "payment": msgid("Payment"),
    "security": msgid("Security"),
    "terms": msgid("Its terms"),
    "other": msgid("Something else"),
}
"""Why an organization is suspended; its admins get a letter that says so."""

After = Annotated[str, Query(max_length=200)]
Amount = Annotated[str, Form(max_length=9)]
Reason = Annotated[str, Form(max_length=40)]


class Invited(BaseModel):
    """Who is to be the first admin of an organization."""

    email: str = Field("", max_length=320)
    name: str = Field("", max_length=200)
    key: str = Field("", max_length=64)

    def body(self) -> dict[str, str]:
        """Return what intake is asked for."""
        name = {"name": self.name.strip()} if self.name.strip() else {}
        return {"email": self.email.strip(), "role": "admin"} | name


@routes.get("/operator/organizations")
async def list_organizations(page: CurrentPage, after: After = "") -> Response:
    """Show all organizations with what they have of the services."""
    rows = await page.api.page(Organization, "intake", "/v1/organizations", after=after or None, limit=SHOWN)
    usages = await of_each(page, Usages, TENANTS, limit=500)
    total = sum(one.handled for one in usages.of.values())
    of = {one.id: _of(usages.of, one.id) for one in rows.items}
    busy = sorted(rows.items, key=lambda one: (-sum(usage.handled for usage in of[one.id].values()), one.id))
    return page.html(
        "operator/organizations.html",
        page.say_number("There is one organization", "There are %(num)s organizations", len(rows.items))
        if not (after or rows.next)
        else page.say_number("One organization of many", "%(num)s organizations of many", len(rows.items)),
        organizations=busy,
        of=of,
        total=total,
        next=rows.next,
        after=after,
        away=away_words(page, usages.away),
        counted=lambda number: counted(page, number),
        limits=lambda usages: _limits(page, usages),
    )


@routes.get("/operator/organizations/{organization_id}")
async def show_organization(organization_id: str, page: CurrentPage, invited: bool = False) -> Response:
    """Show one organization, and what may be done to it."""
    return await _show(page, organization_id, invited=invited)


@routes.post("/operator/organizations/{organization_id}/limit")
async def set_limit(
    organization_id: str, page: CurrentPage, weight: Amount = "", queued: Amount = "", running: Amount = ""
) -> Response:
    """Let an organization have more or less than others, in all services; what is left out stays."""
    given = {"weight": weight.strip(), "queued": queued.strip(), "running": running.strip()}
    values = {name: int(value) if value.isdecimal() else value for name, value in given.items() if value}
    return await _limit(page, organization_id, values or {"weight": ""})


@routes.post("/operator/organizations/{organization_id}/limit/usual")
async def set_usual_limit(organization_id: str, page: CurrentPage) -> Response:
    """Put all limits of an organization back to the usual."""
    return await _limit(page, organization_id, {"default": True})


@routes.post("/operator/organizations/{organization_id}/suspend")
async def suspend(organization_id: str, page: CurrentPage, key: Key = "", reason: Reason = "requested") -> Response:
    """Suspend an organization: nobody of it gets in, and what it plans rests."""
    return await _ask(page, organization_id, "suspend", key, {"reason": reason})


@routes.post("/operator/organizations/{organization_id}/resume")
async def resume(organization_id: str, page: CurrentPage, key: Key = "") -> Response:
    """Let an organization go on."""
    return await _ask(page, organization_id, "resume", key, {})


@routes.post("/operator/organizations/{organization_id}/invite")
async def invite(organization_id: str, page: CurrentPage, invited: Annotated[Invited, Form()]) -> Response:
    """Invite the first admin of an organization, acting in it."""
    try:
        api = await _acting_in(page, organization_id)
        await api.do("intake", "/v1/role-invitations", invited.body(), invited.key)
    except ServiceProblem as problem:
        return await _show(page, organization_id, problem)
    return page.go(at("/operator/organizations/{}?invited=1", organization_id))


@routes.post("/operator/organizations/{organization_id}/provider")
async def try_provider(organization_id: str, page: CurrentPage) -> Response:
    """Try the provider of an organization, by which its people sign in; nothing is changed by it."""
    try:
        api = await _acting_in(page, organization_id)
        answer = await api.do("intake", "/v1/identity-provider/try")
    except ServiceProblem as problem:
        return await _show(page, organization_id, problem)
    trial = Trial.model_validate(answer.body)
    words = msgid("Its people can sign in") if trial.is_usable else msgid("Its people cannot sign in")
    return page.html(
        "operator/provider.html",
        page.say(words),
        needs_you=not trial.is_usable,
        organization_id=organization_id,
        trial=trial,
    )


async def _acting_in(page: Page, organization_id: str) -> Api:
    """What asks as the operator who acts in an organization, on its record; raises `ServiceProblem`."""
    made = await page.api.do("intake", "/v1/operator-tokens", {"organization_id": organization_id})
    return page.api.known_as(str(made.body["access_token"]))


async def _ask(page: Page, organization_id: str, what: str, key: str, body: dict[str, str]) -> Response:
    try:
        await page.api.do("intake", at("/v1/organizations/{}/" + what, organization_id), body, key)
    except ServiceProblem as problem:
        return await _show(page, organization_id, problem)
    return page.go(at("/operator/organizations/{}", organization_id))


async def _limit(page: Page, organization_id: str, values: Mapping[str, object]) -> Response:
    """Set it in all services; what one of them refuses, all refuse, and none that is away can be passed over."""
    try:
        for service in page.api.settings.service_names:
            await page.api.do(service, f"{TENANTS}/limit", {"tenant": organization_id, **values})
    except ServiceProblem as problem:
        return await _show(page, organization_id, problem)
    return page.go(at("/operator/organizations/{}", organization_id))


async def _show(
    page: Page, organization_id: str, problem: ServiceProblem | None = None, invited: bool = False
) -> Response:
    organization = await _find(page, organization_id)
    usages = await of_each(page, Usages, TENANTS, tenant=organization_id)
    of = _of(usages.of, organization_id)
    waiting = sum(one.queued for one in of.values())
    title = page.say_number(
        "%(name)s: one message waits", "%(name)s: %(num)s messages wait", waiting, name=organization.name
    )
    return page.html(
        "operator/organization.html",
        title if waiting else page.say(msgid("%(name)s: nothing waits"), name=organization.name),
        problem=problem,
        invited=invited,
        organization=organization,
        of=of,
        reasons=REASONS,
        usual=all(one.is_usual for one in of.values()),
        away=away_words(page, usages.away),
        counted=lambda number: counted(page, number),
        limits=lambda usages: _limits(page, usages),
    )


async def _find(page: Page, organization_id: str) -> Organization:
    """The organization; raises `ServiceProblem` if there is none."""
    before = organization_id[:-1]
    rows = await page.api.page(Organization, "intake", "/v1/organizations", after=before or None, limit=SHOWN)
    for one in rows.items:
        if one.id == organization_id:
            return one
    raise ServiceProblem("intake", 404, {})


def _of(usages: Mapping[str, Usages], tenant: str) -> dict[str, Usage]:
    """What a tenant has, by service."""
    return {name: one for name, usage in usages.items() for one in usage.items if one.tenant == tenant}


def _limits(page: Page, usages: Sequence[Usage]) -> str:
    """Write what an operator has set; the first, where services differ."""
    for one in usages:
        if not one.is_usual:
            words = [page.say(msgid("weight %(n)s"), n=one.limit.weight)]
            words += [page.say(msgid("%(n)s queued"), n=one.limit.queued)] if one.limit.queued else []
            words += [page.say(msgid("%(n)s running"), n=one.limit.running)] if one.limit.running else []
            return ", ".join(words)
    return page.say(msgid("the usual"))


organizations = Capability(
    routes, (Entry(Place.CELL, msgid("Organizations"), "/operator/organizations", "house", operators),)
)
