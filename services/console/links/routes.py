"""Where the links of mails lead: what each shows and does is said by the capability that it is for."""

from starlette.responses import Response

from services.console.frame.capabilities import Capability
from services.console.frame.link_page import CurrentLink
from shared.engine.authoring.links import LINKED
from shared.web.routes import Pages

routes = Pages(allow=(LINKED,))


@routes.get("/a/{link}")
async def show_link(link: str, page: CurrentLink) -> Response:
    """Show what the link of a mail is for, and what has become of that. Looking changes nothing."""
    return await page.frame.opened_by(page.opened.purpose).show(page)


@routes.post("/a/{link}")
async def act_by_link(link: str, page: CurrentLink) -> Response:
    """Do what the link of a mail is for."""
    return await page.frame.opened_by(page.opened.purpose).act(page, await page.request.form())


links = Capability(routes)
