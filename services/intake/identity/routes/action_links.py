"""Links of mails by which somebody acts without signing in: each is exchanged for a token that opens nothing else."""

from datetime import UTC, datetime

from fastapi import Request, Response
from pydantic import BaseModel, Field

from services.intake.identity.model.access import Access
from services.intake.identity.routes.door import NO_STORE, Door
from services.intake.identity.routes.sign_in_pages import FORBIDDEN, Handle, OpenDoor
from services.intake.identity.tokens import AccessToken
from services.intake.organizations.model import Organization
from services.intake.people.model import Person
from shared.engine.authoring.grants import ANYONE
from shared.engine.authoring.links import LINK, Purpose
from shared.engine.authoring.reader import Reader
from shared.errors import OrganizationIsSuspended, Refusal
from shared.sign_in_secrets import Action
from shared.web.auth import Caller
from shared.web.now import time_of
from shared.web.routes import WholePaths

routes = WholePaths()

CLIENT = "action-link"
"""The client of people who have opened a link."""


class LinkRefused(Refusal):
    """The link opens nothing; the answer does not say why, nor whether there is such a person."""

    status = 403

    def __init__(self) -> None:
        super().__init__("This link is incomplete, or of nobody any more: open it from the mail, or sign in.")


class LinkExpired(Refusal):
    """What the link was for is long over."""

    status = 410

    def __init__(self) -> None:
        super().__init__("This link has expired, and does nothing any more: sign in to see what has become of it.")


class ShownActionLink(BaseModel, extra="forbid"):
    """What follows `/a/` in the mail."""

    link: Handle


class OpenedLink(AccessToken):
    """A token for what the link is for and about, and how to speak to its person. Nothing is changed by opening it."""

    purpose: Purpose
    about: str = Field(description="The match, the session, the request for feedback, or the letter")
    person_id: str
    name: str
    locale: str
    time_zone: str
    organization: str = Field(description="What it is called")
    now: datetime = Field(description="What time it is there: a sandbox has a clock of its own")


@routes.post("/v1/action-links", allow=(ANYONE,), responses=FORBIDDEN)
async def open_action_link(shown: ShownActionLink, request: Request, door: OpenDoor, response: Response) -> OpenedLink:
    """Exchange the link of a mail for a token of five minutes that does what the link is for, and nothing else."""
    action = await _read(shown.link, door)
    if door.send.is_suspended(action.tenant):
        raise OrganizationIsSuspended
    reader = Reader(request.app.state.store, action.tenant)
    now = await time_of(request.app, reader)
    if now >= datetime.fromtimestamp(int(action.until), UTC):
        raise LinkExpired
    person = await _person(reader, action.person_id)
    organizations = await reader.many(Organization, [action.tenant])
    if person is None or not organizations:
        raise LinkRefused
    caller = Caller(action.tenant, LINK, person.id, link=f"{action.purpose}:{action.about}")
    response.headers.update(NO_STORE)
    return OpenedLink(
        **door.tokens.issue(caller, CLIENT).model_dump(),
        purpose=Purpose(action.purpose),
        about=action.about,
        person_id=person.id,
        name=person.name,
        locale=person.locale or organizations[0].locale,
        time_zone=person.time_zone or organizations[0].time_zone,
        organization=organizations[0].name,
        now=now,
    )


async def _read(link: str, door: Door) -> Action:
    """What the link is for; raises `LinkRefused` for one that nobody has made, which counts as a guess."""
    action = door.tokens.settings.sign_in_secrets.action_of(link)
    if action is None:
        await door.note_wrong_credential()
        raise LinkRefused
    return action


async def _person(reader: Reader, id: str) -> Person | None:
    """Whose link it is by now, if two cards became one; None for nobody. Raises `PersonIsSuspended`."""
    people = await reader.many(Person, [id])
    while people and people[0].merged_into:
        people = await reader.many(Person, [people[0].merged_into])
    for access in await reader.many(Access, [Access.id_of(one.id) for one in people]):
        access.check_lets_in()
    return next((one for one in people if one.email), None)
