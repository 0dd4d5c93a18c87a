"""In by the organization's provider: the browser is sent there, and comes back."""

from collections.abc import Sequence

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from services.console.api import ServiceProblem, Shown
from services.console.door.answers import inside, show, visit_of
from services.console.door.routes.by_mail import show_ways
from services.console.door.routes.entering import NEXT, Text, browser_of, enter, program_of
from services.console.door.seal import Tokens
from services.console.frame.cookies import BROWSER, put
from services.console.frame.texts import msgid
from services.console.provider.views import Trial
from shared.engine.authoring.grants import ANYONE
from shared.web.routes import Pages

routes = Pages(allow=(ANYONE,))

RETURN = "/sign-in/provider"
"""Where providers lead browsers back to: intake's `ITHACA_PROVIDER_PAGE` is this page."""


class Sent(Shown):
    """Where a browser goes now."""

    authorization_url: str
    browser: str
    expires_in: int


class Came(Shown):
    """What is answered to somebody who comes back: tokens, or what was found if it was a trial."""

    access_token: str = ""
    findings: Sequence[object] = ()


@routes.post("/sign-in/to-provider")
async def go_to_provider(request: Request, organization: Text, next: Text = "", fresh: Text = "") -> Response:
    """Send a browser to the provider of its organization."""
    organization = organization.strip().lower()
    body = {"organization": organization, "is_fresh": bool(fresh)}
    try:
        answer = await visit_of(request).api.send("POST", "intake", "/v1/sign-in/provider/requests", json=body)
    except ServiceProblem as problem:
        return await show_ways(request, problem, next=next, organization=organization)
    sent = Sent.model_validate_json(answer.content)
    response = leave(request, sent.authorization_url, sent.browser, sent.expires_in)
    put(request, response, NEXT, inside(next), sent.expires_in)
    return response


@routes.get(RETURN)
async def return_from_provider(request: Request) -> Response:
    """Come back from the provider: signed in, or with what was found of it if that was tried."""
    back = {name: request.query_params.get(name) for name in ("state", "code", "iss", "error")}
    body = {name: value for name, value in back.items() if value is not None} | browser_of(request)
    try:
        answer = await visit_of(request).api.send(
            "POST", "intake", "/v1/sign-in/provider", json=body, headers=program_of(request)
        )
    except ServiceProblem as problem:
        title = msgid("Your organization's provider did not let you in")
        return show(request, "door/link.html", title, problem, link="", detail=problem.detail)
    if Came.model_validate_json(answer.content).access_token:
        tokens = Tokens.model_validate_json(answer.content)
        return await enter(request, tokens, request.cookies.get(NEXT, ""))
    trial = Trial.model_validate_json(answer.content)
    title = msgid("You would get in") if trial.is_usable else msgid("You would not get in")
    return show(request, "door/trial.html", title, trial=trial)


def leave(request: Request, url: str, browser: str, seconds: int) -> HTMLResponse:
    """Lead a browser out to a provider.

    It is a page that does so, and no redirect: what a form is answered may lead nowhere else (`form-action`).
    """
    response = show(request, "door/leaving.html", msgid("On to your organization"), url=url)
    put(request, response, BROWSER, browser, seconds)
    return response
