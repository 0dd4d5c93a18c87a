"""Moving the clock of a sandbox, from the bar on top of every page."""

from typing import Annotated

from fastapi import Form
from starlette.responses import Response

from services.console.api import at
from services.console.frame.capabilities import Capability
from services.console.frame.page import CurrentPage
from shared.engine.authoring.grants import ADMIN
from shared.web.routes import Pages

routes = Pages(allow=(ADMIN,))

STEPS = {"day": "P1D", "week": "P7D"}


@routes.post("/sandbox/clock")
async def move_on(page: CurrentPage, to: Annotated[str, Form(max_length=40)] = "day") -> Response:
    """Move the clock by a day, by a week, or until something happens, and go back to the page."""
    next_at = page.around.clock.next_at if page.around.clock else None
    how = {"to": next_at.isoformat()} if to == "next" and next_at else {"by": STEPS.get(to, STEPS["day"])}
    await page.api.do("intake", at("/v1/organizations/{}/clock/advance", page.caller.tenant), how)
    return page.go(page.came_from)


sandbox = Capability(routes)
