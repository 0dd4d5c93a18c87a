"""The page on which somebody accepts a role."""

from datetime import datetime

from starlette.responses import Response

from services.console.api import ServiceProblem, Shown, at
from services.console.frame.capabilities import Capability
from services.console.frame.forms import Key
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from shared.engine.authoring.grants import PERSON
from shared.web.routes import Pages

routes = Pages(allow=(PERSON,))

ROLES = {
    "admin": msgid("run the organization"),
    "manager": msgid("run a program"),
    "reviewer": msgid("read applications"),
    "lead": msgid("look after the pairs of a program"),
}
"""What a role is there for."""


class RoleInvitation(Shown):
    """An invitation to a role."""

    id: str
    role: str
    program_id: str | None = None
    expires_at: datetime | None = None
    status: str


@routes.get("/role-invitations/{invitation_id}")
async def show_invitation(invitation_id: str, page: CurrentPage) -> Response:
    """Show what one is invited to."""
    return await _show(page, invitation_id)


@routes.post("/role-invitations/{invitation_id}/accept")
async def accept(invitation_id: str, page: CurrentPage, key: Key) -> Response:
    """Accept the role."""
    try:
        await page.api.do("intake", at("/v1/role-invitations/{}/accept", invitation_id), key=key)
    except ServiceProblem as problem:
        return await _show(page, invitation_id, problem)
    return page.go("/today")


async def _show(page: Page, id: str, problem: ServiceProblem | None = None) -> Response:
    invitation = await page.api.one(RoleInvitation, "intake", at("/v1/role-invitations/{}", id))
    what = page.say(ROLES.get(invitation.role, invitation.role))
    is_open = invitation.status == "open"
    words = msgid("You are invited to %(what)s") if is_open else msgid("This invitation was answered")
    program = page.program(invitation.program_id) if invitation.program_id else None
    return page.html(
        "invitations/invitation.html",
        page.say(words, what=what),
        needs_you=is_open,
        invitation=invitation,
        program=program,
        is_open=is_open,
        problem=problem,
    )


invitations = Capability(routes)
