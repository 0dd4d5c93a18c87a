"""What letters need beside their drafts: names, words and addresses, looked up for one letter or for many."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.notify.local_copies import Card, Organization, Profile, Program
from services.notify.messages.model.draft import Draft
from services.notify.messages.model.merged_person import MergedPerson, cards_of
from services.notify.messages.model.progress import Progress, RelationshipStage
from shared.engine.authoring.erased_people import ErasedPerson
from shared.engine.authoring.reader import Reader
from shared.errors import NotFound


@dataclass(slots=True, frozen=True)
class Known:
    """What a letter needs beside its draft. The recipient's card comes first; `profiles` go by application.

    There is no `program` for what is about a person's way in. `goes_on` is False for a session of people who no longer
    work together.
    """

    tenant: str
    cards: list[Card]
    program: Program | None
    organization: Organization
    profiles: Mapping[str, Profile]
    goes_on: bool


async def look_up(draft: Draft, reader: Reader) -> Known | None:
    """Look up all that a letter needs; None if somebody is gone. Raises `NotFound` if anything else is missing."""
    (known,) = await look_up_all([draft], reader)
    if known is not None and known.organization.is_new:
        raise NotFound.of(Organization.collection, Organization.ID)
    if known is not None and draft.program and known.program is None:
        raise NotFound.of(Program.collection, draft.program)
    return known


async def look_up_all(drafts: Sequence[Draft], reader: Reader) -> list[Known | None]:
    """Look up all that these letters need, by one read of each kind; None for a letter to or about somebody gone.

    Of whom nothing is kept any more a letter names nobody.
    """
    people = _distinct(id for draft in drafts for id in draft.people)
    merged = await reader.many(MergedPerson, people)
    found = await _cards(_distinct(cards_of(people, merged)), reader)
    programs = {one.id: one for one in await reader.many(Program, _distinct(draft.program_id for draft in drafts))}
    stated = _distinct(id for draft in drafts if draft.proposal for id in draft.proposal.applications)
    profiles = {one.id: one for one in await reader.many(Profile, stated) if not one.removed}
    ended, organizations = await _ended(drafts, reader), await reader.many(Organization, [Organization.ID])

    def known(draft: Draft) -> Known | None:
        recipient, *others = cards_of(draft.people, merged)
        if recipient not in found or found[recipient].is_new or not all(id in found for id in others):
            return None
        return Known(
            tenant=reader.tenant,
            cards=[found[recipient], *(found[id] for id in others)],
            program=programs.get(draft.program_id),
            organization=organizations[0] if organizations else Organization(id=Organization.ID),
            profiles=profiles,
            goes_on=_pair_of(draft) not in ended,
        )

    return [known(draft) for draft in drafts]


async def _cards(ids: Sequence[str], reader: Reader) -> dict[str, Card]:
    """The cards of people; that of whom nothing is kept is new, and empty."""
    found = {card.id: card for card in await reader.many(Card, ids) if not card.removed}
    gone = [id for id in ids if id not in found]
    return found | {one.id: Card(id=one.id, shows_email=False) for one in await reader.many(ErasedPerson, gone)}


async def _ended(drafts: Sequence[Draft], reader: Reader) -> set[str]:
    """Those of the relationships that the letters are about which have ended."""
    found = await reader.many(Progress, _distinct(_pair_of(draft) for draft in drafts))
    return {one.id for one in found if one.stage >= RelationshipStage.ENDED}


def _pair_of(draft: Draft) -> str:
    return f"relationship/{draft.meeting.relationship_id}" if draft.meeting else ""


def _distinct(ids: Iterable[str]) -> list[str]:
    return [id for id in dict.fromkeys(ids) if id]
