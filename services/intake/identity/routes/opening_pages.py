"""Opening an organization over HTTP: anybody may, where the deployment says so."""

import re
from typing import Annotated

from fastapi import Response
from pydantic import AfterValidator, BaseModel, Field

from services.intake.fields import Email, Locale, Name, PersonName, WrittenTimeZone
from services.intake.identity.attempts import OPENINGS, OPENINGS_AT_ADDRESS, OPENINGS_IN_ALL, TooManyAttempts
from services.intake.identity.commands.opening import OpenOrganization, OrganizationOpened
from services.intake.identity.credentials import hashed
from services.intake.identity.routes.door import NO_STORE, AtTheDoor, Door, intake_itself
from services.intake.identity.routes.sign_in_pages import (
    FORBIDDEN,
    GOOD_FOR,
    OpenDoor,
    SentBrowser,
    SignInRequestTaken,
    known_or_new,
    set_browser,
)
from services.intake.identity.short_names import short_name
from services.intake.people.model import EmailAddress
from shared.engine.authoring.grants import ANYONE
from shared.errors import NotAllowed
from shared.web.routes import WholePaths

routes = WholePaths()

PATH = "/v1/openings"
LONGEST_NAME = 80
_LEADS_SOMEWHERE = re.compile(r"://|www\.|@|\.(com|net|org|info|io|ru|cn|xyz|top)\b", re.IGNORECASE)
"""The name stands in a mail to an address that anybody can state: it is no advertisement."""


def _is_a_name(name: str) -> str:
    if len(name) > LONGEST_NAME:
        raise ValueError(f"this name is too long: use at most {LONGEST_NAME} letters")
    if _LEADS_SOMEWHERE.search(name):
        raise ValueError("write the name without an address of the web or of mail")
    return name


OpeningName = Annotated[Name, AfterValidator(_is_a_name)]
OpenersName = Annotated[PersonName, AfterValidator(_is_a_name)]


class NewOpening(BaseModel, extra="forbid"):
    """Somebody wants an organization of their own, and to be its first admin."""

    organization: OpeningName = Field(description="As people call it; no address stands in it")
    name: OpenersName = Field(description="Their whole name, as they write it")
    email: Email = Field(description="Their own address: the mail that signs them in goes there, and nowhere else")
    locale: Locale = Field("en", description="The language of the organization, such as de or it-CH")
    time_zone: WrittenTimeZone = Field("UTC", description="Where it is, such as Europe/Rome")


class OpeningState(BaseModel):
    """Whether anybody may open an organization here."""

    is_open: bool


class OpeningClosed(NotAllowed):
    """Here operators register organizations, and nobody else does."""

    def __init__(self) -> None:
        super().__init__("Nobody opens an organization here by themselves: ask whoever runs this system to do it.")


@routes.get(PATH, allow=(ANYONE,))
async def show_opening(door: AtTheDoor) -> OpeningState:
    """Show whether anybody may open an organization."""
    return OpeningState(is_open=door.tokens.settings.open_to_anybody)


@routes.post(PATH, allow=(ANYONE,), status_code=202, responses=FORBIDDEN)
async def open_organization(
    new: NewOpening, door: OpenDoor, response: Response, cookie: SentBrowser = ""
) -> SignInRequestTaken:
    """Open an organization, and have a mail sent that signs in its first admin.

    The answer is the same for every name and address, whoever has used them before. Its short name is made of the name
    and four letters. Whoever is not signed in within a day is forgotten.
    """
    if not door.tokens.settings.open_to_anybody:
        raise OpeningClosed
    await door.attempts.count(OPENINGS, door.network)
    await door.attempts.count(OPENINGS_IN_ALL, "")
    browser, slug = known_or_new(cookie), short_name(new.organization)
    request = await _open(new, slug, browser, door)
    set_browser(response, browser, door, GOOD_FOR)
    response.headers.update(NO_STORE)
    return SignInRequestTaken(request=f"{slug}.{request}", browser=browser, expires_in=GOOD_FOR)


async def _open(new: NewOpening, slug: str, browser: str, door: Door) -> str:
    """Return the id of the request; of one for which nothing is opened, if the address was named too often."""
    try:
        await door.attempts.count(OPENINGS_AT_ADDRESS, EmailAddress.key(new.email))
    except TooManyAttempts:
        return door.send.new_id()
    command = OpenOrganization(slug=slug, browser_hash=hashed(browser), **new.model_dump())
    answer = await door.send(command, intake_itself(slug))
    return OrganizationOpened.model_validate_json(answer.body).request_id
