"""The way in for operators, who belong to no organization: a link that `ithaca sign-in --operator` prints."""

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from services.console.api import ServiceProblem, Shown
from services.console.door.answers import show, visit_of
from services.console.door.routes.entering import Text, enter, program_of
from services.console.door.seal import Tokens
from services.console.frame.texts import msgid
from shared.engine.authoring.grants import ANYONE
from shared.web.routes import Pages

routes = Pages(allow=(ANYONE,))

HOME = "/operator"


class LinkState(Shown):
    """Whether a link is good for anything."""

    is_ready: bool = False


@routes.get("/operator/sign-in")
async def show_operator_link(request: Request, link: str = "") -> HTMLResponse:
    """Ask for one press: what only looks at a link uses nothing up."""
    if not link:
        return _show(request)
    body = {"link": link[:500]}
    try:
        answer = await visit_of(request).api.send("POST", "intake", "/v1/operator-links/state", json=body)
    except ServiceProblem as problem:
        return _show(request, problem)
    if LinkState.model_validate_json(answer.content).is_ready:
        return show(request, "door/operator.html", msgid("One press, and you are in"), link=link)
    return _show(request, ServiceProblem("intake", 403, {}))


@routes.post("/operator/sign-in")
async def sign_in_operator(request: Request, link: Text) -> Response:
    """Sign an operator in with a link, once."""
    api, headers = visit_of(request).api, program_of(request)
    try:
        answer = await api.send("POST", "intake", "/v1/operator-sessions", json={"link": link}, headers=headers)
    except ServiceProblem as problem:
        return _show(request, problem)
    return await enter(request, Tokens.model_validate_json(answer.content), HOME, offers=False)


def _show(request: Request, problem: ServiceProblem | None = None) -> HTMLResponse:
    """Say that this signs nobody in, and how to get what does."""
    return show(request, "door/operator.html", msgid("This link signs nobody in"), problem, link="")
