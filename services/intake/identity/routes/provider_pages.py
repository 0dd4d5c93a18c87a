"""How people get in by their organization's provider: they are sent there, and come back to the browser that went."""

from typing import Annotated

from fastapi import Query, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from services.intake.identity.attempts import PROVIDER_TRIALS
from services.intake.identity.provider_requests import Purpose
from services.intake.identity.routes.door import NO_STORE
from services.intake.identity.routes.provider_return import (
    Coming,
    Going,
    NewProviderSignIn,
    ProviderReturn,
    SentToProvider,
    provider_of,
)
from services.intake.identity.routes.sign_in_pages import FORBIDDEN, PATH, Browser, OpenDoor, SentBrowser, UserAgent
from services.intake.identity.tokens import SignedIn
from services.intake.providers.examination import TrialReport, examine
from shared.engine.authoring.grants import ADMIN, ANYONE, OPERATOR
from shared.web.auth import CurrentCaller
from shared.web.routes import WholePaths

routes = WholePaths()

RETURN = f"{PATH}/provider"


class PostedReturn(ProviderReturn, json_schema_extra={"examples": [{"state": "as it came", "code": "as it came"}]}):
    """What the provider has led back with, posted by the page to which it did."""

    browser: Browser | None = Field(None, description="As it was answered, where there are no cookies")


class Trial(BaseModel, extra="forbid"):
    """Whether the provider works."""

    claims: dict[str, object] | None = Field(
        None, description="What the provider would say of somebody: the answer says what would become of them"
    )


@routes.post(f"{RETURN}/requests", allow=(ANYONE,), responses=FORBIDDEN)
async def request_provider_sign_in(
    new: NewProviderSignIn, door: OpenDoor, response: Response, cookie: SentBrowser = ""
) -> SentToProvider:
    """Begin to sign in by the provider of an organization: open the `authorization_url` in the same browser."""
    response.headers.update(NO_STORE)
    return await Going(door, new.organization, cookie).send_away(Purpose.SIGN_IN, new.is_fresh, response)


@routes.get(f"{RETURN}/start", allow=(ANYONE,), status_code=303, response_class=RedirectResponse, responses=FORBIDDEN)
async def go_to_provider(
    new: Annotated[NewProviderSignIn, Query()], door: OpenDoor, response: Response, cookie: SentBrowser = ""
) -> str:
    """Go to the provider of an organization to sign in: a link for people. It leads nowhere else."""
    response.headers.update(NO_STORE)
    sent = await Going(door, new.organization, cookie).send_away(Purpose.SIGN_IN, new.is_fresh, response)
    return sent.authorization_url


@routes.get(RETURN, allow=(ANYONE,), responses=FORBIDDEN)
async def return_from_provider(
    back: Annotated[ProviderReturn, Query()],
    door: OpenDoor,
    response: Response,
    cookie: SentBrowser = "",
    user_agent: UserAgent = "",
) -> SignedIn | TrialReport:
    """Come back from the provider, signed in: once, and in the browser that went there."""
    return await Coming(door, back, cookie, user_agent).finish(response)


@routes.post(RETURN, allow=(ANYONE,), responses=FORBIDDEN)
async def finish_provider_sign_in(
    back: PostedReturn, door: OpenDoor, response: Response, cookie: SentBrowser = "", user_agent: UserAgent = ""
) -> SignedIn | TrialReport:
    """Sign in with what the provider has led back with, for the page to which it did."""
    return await Coming(door, back, back.browser or cookie, user_agent).finish(response)


@routes.post("/v1/identity-provider/try", allow=(OPERATOR, ADMIN))
async def try_identity_provider(
    trial: Trial, caller: CurrentCaller, door: OpenDoor, response: Response, cookie: SentBrowser = ""
) -> TrialReport:
    """Try the organization's provider out, step by step, and say what is wrong; nothing is changed by it.

    Whoever opens the `sign_in_url` in the same browser and signs in at the provider sees what it says of them, and is
    not signed in here.
    """
    await door.attempts.count(PROVIDER_TRIALS, caller.tenant)
    provider = await provider_of(door, caller.tenant)
    redirect = door.tokens.settings.provider_redirect
    report = await examine(door.relying_party, caller.tenant, provider, redirect, trial.claims)
    if report.is_reachable:
        sent = await Going(door, caller.tenant, cookie).send_away(Purpose.TRIAL, False, response)
        report = report.model_copy(update={"sign_in_url": sent.authorization_url})
    return report
