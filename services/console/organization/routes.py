"""The page of the organization, for those who run it."""

from babel import Locale
from starlette.responses import Response

from services.console.api import Shown, at
from services.console.frame.capabilities import Capability, Entry, Place, admins
from services.console.frame.page import CurrentPage
from services.console.frame.texts import msgid
from shared.engine.authoring.grants import ADMIN
from shared.ids import is_sandbox
from shared.web.routes import Pages

routes = Pages(allow=(ADMIN,))


class Organization(Shown):
    """The organization as it was registered."""

    id: str
    name: str
    locale: str
    time_zone: str


@routes.get("/organization")
async def show_organization(page: CurrentPage) -> Response:
    """Show what the organization is called, and what holds for those who state nothing else."""
    shown = await page.api.one(Organization, "intake", at("/v1/organizations/{}", page.caller.tenant))
    return page.html(
        "organization/organization.html",
        shown.name,
        shown=shown,
        spoken=Locale.parse(shown.locale, sep="-").get_display_name(page.texts.language),
        is_sandbox=is_sandbox(shown.id),
        programs=page.around.programs,
    )


organization = Capability(routes, (Entry(Place.ORGANIZATION, msgid("Organization"), "/organization", "house", admins),))
