"""Lists of relationships over HTTP, each with what there is of its sessions; and all that waits for somebody."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel

from services.sessions.actions.model import ActionItem
from services.sessions.actions.views import ActionView
from services.sessions.overview.meetings_told import Meetings, meetings_of
from services.sessions.relationships.model import Relationship, RelationshipStatus
from services.sessions.relationships.views import RelationshipView
from shared.contracts.members import MemberRole
from shared.engine.authoring.grants import ADMIN, OPERATOR, Scope, Subject, overseers
from shared.engine.authoring.reader import Page, Reader
from shared.web.names import Names
from shared.web.now import Now
from shared.web.pages import After, Limit, Listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import of_people

queries = Routes()

MEMBERS = of_people("items.members.person_id")
BOTH = of_people("relationships.members.person_id", "to_do.owner_id")
OWN = Subject("person_id"), OPERATOR, ADMIN, Scope("sessions:read")


class RelationshipOverview(RelationshipView):
    """People who work together, and how it goes."""

    meetings: Meetings


class Agenda(BaseModel):
    """All that somebody has to do with others: the relationships that go on, and what they have agreed to do.

    `to_do` are the action items that are the person's own, and not done yet; the soonest first.
    """

    relationships: list[RelationshipOverview]
    to_do: list[ActionView]


@queries.get("/programs/{program_id}/relationships", allow=overseers("program_id", "sessions:read"), shows=MEMBERS)
async def list_relationships(
    program_id: str, names: Names, now: Now, after: After = None, limit: Limit = 100
) -> Listing[RelationshipOverview]:
    """The relationships of a program and how they go, for those who run it."""
    page = await names.reader.page(Relationship, {"program_id": program_id}, after, limit)
    return await names.on_page(await _with_meetings(names.reader, page, now))


@queries.get("/people/{person_id}/relationships", allow=OWN, shows=MEMBERS)
async def list_own_relationships(
    person_id: str, names: Names, now: Now, role: MemberRole | None = None, after: After = None, limit: Limit = 100
) -> Listing[RelationshipOverview]:
    """The relationships to which the person belongs: all of them, or those with a certain role."""
    member = {"person_id": person_id} | ({"role": role} if role else {})
    page = await names.reader.page(Relationship, {"members": {"$elemMatch": member}}, after, limit)
    return await names.on_page(await _with_meetings(names.reader, page, now))


@queries.get("/people/{person_id}/agenda", allow=OWN, shows=BOTH)
async def show_agenda(person_id: str, reader: TenantReader, names: Names, now: Now) -> Agenda:
    """Show all that waits for the person: sessions to plan, to hold and to tell of, and what they have agreed to do."""
    is_own = {"members": {"$elemMatch": {"person_id": person_id}}}
    found = await reader.every(Relationship, is_own)
    active = [one for one in found if one.status is RelationshipStatus.ACTIVE]
    actions = await reader.every(ActionItem, is_own)
    own = sorted((one for one in actions if one.owner_id == person_id and not one.done_at), key=_due)
    agenda = Agenda(relationships=await _overviews(reader, active, now), to_do=[ActionView.of(one) for one in own])
    await names.on_all([*agenda.relationships, *agenda.to_do])
    return agenda


def _due(action: ActionItem) -> datetime:
    return action.due_at


async def _with_meetings(reader: Reader, page: Page[Relationship], now: datetime) -> Listing[RelationshipOverview]:
    return Listing(items=await _overviews(reader, page.items, now), next=page.next)


async def _overviews(reader: Reader, found: Sequence[Relationship], now: datetime) -> list[RelationshipOverview]:
    meetings = await meetings_of(reader, [one.id for one in found], now)
    return [RelationshipOverview(**dict(RelationshipView.of(one)), meetings=meetings[one.id]) for one in found]
