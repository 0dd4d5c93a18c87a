"""What will happen if two cards are merged, without doing it."""

from pydantic import BaseModel, Field

from services.intake.applications.model.application import Application
from services.intake.applications.model.slot import ParticipantSlot
from services.intake.fields import Id
from services.intake.identity.model.access import Access
from services.intake.identity.model.passkeys import Passkeys
from services.intake.memberships.model.membership import Membership
from services.intake.merging.model import MERGERS, Merge
from services.intake.partners.model import Partners
from services.intake.people.model import Person
from shared.engine.authoring.reader import Reader
from shared.web.auth import CurrentCaller
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import of_people

queries = Routes()


class MergeRefusal(BaseModel):
    """Why two cards cannot be merged as they are."""

    code: str
    detail: str


class MergeView(BaseModel):
    """What becomes of two cards; nothing is done while there are `refusals`."""

    person_id: str = Field(description="The card that stays")
    merged_id: str = Field(description="The card that goes")
    name: str = Field(description="What the card that stays says; that of the other one is dropped, as all else on it")
    dropped_name: str
    applications: list[str] = Field(description="Those that move")
    matches: list[str] = Field(description="The open and accepted ones that move, with their relationships")
    roles: list[str] = Field(description="Those that move, as tokens name them")
    sessions: int = Field(description="In how many places somebody is signed in with the card that goes: they end")
    passkeys: int = Field(description="How many of the card that goes end: the person adds them again")
    refusals: list[MergeRefusal]


@queries.get("/people/{person_id}/merge", allow=MERGERS, shows=of_people("person_id", "merged_id"))
async def show_merge(
    person_id: str, merged_id: Id, reader: TenantReader, caller: CurrentCaller, program_id: str | None = None
) -> MergeView:
    """Show what would come of merging a card into another one, and what stands against it. Nothing is done."""
    stays, goes = await reader.get(Person, person_id), await reader.get(Person, merged_id)
    merge = await _merge(reader, stays, goes)
    merge.check_within(program_id)
    refusals = merge.refusals(caller.actor, program_id)
    passkeys = await reader.many(Passkeys, [Passkeys.id_of(merged_id)])
    return MergeView(
        person_id=person_id,
        merged_id=merged_id,
        name=stays.name,
        dropped_name=goes.name,
        applications=[one.id for one in merge.applications],
        matches=merge.matches,
        roles=sorted(merge.membership.names),
        sessions=sum(len(one.sessions) for one in merge.accesses if one.id == Access.id_of(merged_id)),
        passkeys=sum(len(one.all) for one in passkeys),
        refusals=[MergeRefusal(code=one.code, detail=one.detail) for one in refusals],
    )


async def _merge(reader: Reader, stays: Person, goes: Person) -> Merge:
    keys = [ParticipantSlot.key(one.program_id, stays.id, one.role) for one in goes.applications]
    known = {one.id: one for one in await reader.many(ParticipantSlot, keys)}
    return Merge(
        stays,
        goes,
        await reader.many(Application, goes.application_ids),
        [known.get(key, ParticipantSlot(id=key)) for key in keys],
        next(iter(await reader.many(Partners, [goes.id])), Partners(id=goes.id)),
        next(iter(await reader.many(Membership, [goes.id])), Membership(id=goes.id)),
        await reader.many(Access, [Access.id_of(goes.id), Access.id_of(stays.id)]),
    )
