"""Where the mail to a new address leads: whoever reads it confirms the address, signed in or not."""

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from services.console.api import ServiceProblem, Shown
from services.console.door.answers import show, visit_of
from services.console.door.routes.entering import Text
from services.console.frame.page import NO_STORE, SEE_OTHER
from services.console.frame.texts import msgid
from shared.engine.authoring.grants import ANYONE
from shared.web.routes import Pages

routes = Pages(allow=(ANYONE,))

PATH = "/address-change"
PAGE = "door/new_address.html"


class Confirmed(Shown):
    """What has become of the change."""

    counts: bool


@routes.get(PATH)
async def show_new_address(request: Request, link: str = "") -> Response:
    """Ask for one press, since mail scanners open links too."""
    if not link:
        return RedirectResponse("/sign-in", SEE_OTHER, NO_STORE)
    try:
        await visit_of(request).api.send("GET", "intake", "/v1/address-change", params={"link": link})
    except ServiceProblem as problem:
        return _refused(request, problem)
    return show(request, PAGE, msgid("Confirm your new address"), link=link, counts=None)


@routes.post(PATH)
async def confirm_new_address(request: Request, link: Text) -> Response:
    """Confirm the address."""
    try:
        answer = await visit_of(request).api.send("POST", "intake", "/v1/address-change", json={"link": link})
    except ServiceProblem as problem:
        return _refused(request, problem)
    counts = Confirmed.model_validate_json(answer.content).counts
    return show(request, PAGE, msgid("Your new address is confirmed"), link="", counts=counts)


def _refused(request: Request, problem: ServiceProblem) -> Response:
    return show(request, PAGE, msgid("This link confirms no address"), problem, link="", counts=None)
