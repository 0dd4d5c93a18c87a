"""What takes a fresh sign-in (RFC 9470): whoever asks for it shows again who they are, and goes on from there."""

import json
from base64 import urlsafe_b64decode

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from services.console.api import ServiceProblem, Shown, at
from services.console.door.answers import inside, show, visit_of
from services.console.door.held_forms import HELD, HeldForms
from services.console.door.routes.by_mail import send_mail
from services.console.door.visits import SignedIn
from services.console.frame.page import NO_STORE, SEE_OTHER
from services.console.frame.texts import msgid
from shared.engine.authoring.grants import ANYONE
from shared.web.routes import Pages

routes = Pages(allow=(ANYONE,))

GO_ON = "/sign-in/go-on"


class Address(Shown):
    """The card of whoever asks, as far as the mail goes by it."""

    email: str


@routes.get("/sign-in/again")
async def show_again(request: Request, next: str = "") -> Response:
    """Ask somebody who is signed in to show again who they are."""
    return _show(request, next)


@routes.post("/sign-in/again/mail")
async def send_again(request: Request, next: str = "") -> Response:
    """Send a mail to the address of who is signed in; operators have none, and get in by a link of their client."""
    visit = visit_of(request)
    if visit.signed_in is None:
        return RedirectResponse("/sign-in", SEE_OTHER, NO_STORE)
    caller = visit.signed_in.caller
    if caller.kind == "operator":
        return RedirectResponse("/operator/sign-in", SEE_OTHER, NO_STORE)
    try:
        card = await visit.api.one(Address, "intake", at("/v1/people/{}", caller.subject))
        return await send_mail(request, caller.tenant, card.email, inside(next) or GO_ON)
    except ServiceProblem as problem:
        return _show(request, next, problem)


@routes.get(GO_ON)
async def show_held(request: Request) -> Response:
    """Show that what was sent is still here, with the one button that sends it now."""
    visit = visit_of(request)
    signed_in, secret = visit.signed_in, request.cookies.get(HELD, "")
    held = await HeldForms(request.app.state).of(secret, signed_in.caller) if signed_in and secret else None
    if held is None:
        return show(request, "door/nothing_held.html", msgid("Nothing waits to be sent"))
    return show(request, "door/go_on.html", msgid("It is you"), held=held)


def _show(request: Request, next: str, problem: ServiceProblem | None = None) -> Response:
    signed_in = visit_of(request).signed_in
    if signed_in is None:
        return RedirectResponse("/sign-in", SEE_OTHER, NO_STORE)
    return show(
        request,
        "door/again.html",
        msgid("Show once more that it is you"),
        problem,
        next=inside(next) or GO_ON,
        is_held=HELD in request.cookies,
        organization=signed_in.caller.tenant,
        has_provider=_is_by_provider(signed_in),
    )


def _is_by_provider(signed_in: SignedIn) -> bool:
    """Whether somebody has come by their organization's provider; the token was checked when the page was asked for."""
    claims = json.loads(urlsafe_b64decode(f"{signed_in.access_token.split('.')[1]}==="))
    return "fed" in claims.get("amr", ())
