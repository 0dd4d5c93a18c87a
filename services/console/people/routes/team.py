"""The pages of who looks after the organization, and after a program."""

from starlette.responses import Response

from services.console.api import ServiceProblem, at
from services.console.frame.capabilities import Capability, Entry, Place, managers
from services.console.frame.forms import Key, Text
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.people.views import GIVEN_BY_MANAGERS, Roles, RoleToGive, role_called, roles_to_give, where
from shared.engine.authoring.grants import ADMIN, Manager
from shared.web.routes import Pages

routes = Pages()

STAFF = ADMIN, Manager.of("program_id")


@routes.get("/team", allow=(ADMIN,))
async def show_admins(page: CurrentPage) -> Response:
    """Show who runs the organization."""
    return await _show(page, None)


@routes.get("/programs/{program_id}/team", allow=STAFF)
async def show_team(program_id: str, page: CurrentPage) -> Response:
    """Show who looks after a program."""
    return await _show(page, program_id)


@routes.post("/programs/{program_id}/team/{person_id}/revoke", allow=STAFF)
async def take_role(program_id: str, person_id: str, page: CurrentPage, role: Text = "", key: Key = "") -> Response:
    """Take a role of the program away from somebody."""
    body = RoleToGive(role=role, program_id=program_id).body
    try:
        await page.api.do("intake", at("/v1/people/{}/roles/revoke", person_id), body, key)
    except ServiceProblem as problem:
        return await _show(page, program_id, problem)
    return page.go(at("/programs/{}/team", program_id))


async def _show(page: Page, program_id: str | None, problem: ServiceProblem | None = None) -> Response:
    people = await page.api.every(Roles, "intake", "/v1/staff", program_id=program_id)
    rows = [(one, role) for one in people for role in one.roles if role.program_id == program_id]
    is_admin = "admin" in page.caller.roles
    title = page.say_number(
        "One person has a role in %(where)s",
        "%(num)s people have a role in %(where)s",
        len({one.id for one, _ in rows}),
        where=where(page, RoleToGive(role="", program_id=program_id)),
    )
    return page.html(
        "people/team.html",
        title,
        program_id=program_id or "",
        of_program=program_id,
        problem=problem,
        rows=[(one, role, role_called(page, role), is_admin or role.role in GIVEN_BY_MANAGERS) for one, role in rows],
        teams=page.managed if program_id is None else [],
        is_admin=is_admin,
        roles=[group for group in roles_to_give(page) if program_id is None or _is_of(group, program_id)],
    )


def _is_of(group: tuple[str, list[tuple[str, str]]], program_id: str) -> bool:
    return any(name.endswith(f":{program_id}") for name, _ in group[1])


team = Capability(routes, (Entry(Place.PROGRAM, msgid("Team"), "/programs/{program_id}/team", "user-plus", managers),))
