"""Reads of the pool over HTTP, for those who run a program."""

from collections.abc import Sequence

from services.matching.pool.model.participant import Participant, ParticipantStatus
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.views import ParticipantView
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from shared.contracts.intake import Role
from shared.engine.authoring.grants import staff
from shared.engine.authoring.reader import A, Reader
from shared.web.names import Names
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import of_people

pool_queries = Routes()


@pool_queries.get(
    "/programs/{program_id}/pool", allow=staff("program_id", "matching:read"), shows=of_people("items.person_id")
)
async def list_pool(
    program_id: str,
    reader: TenantReader,
    names: Names,
    role: Role | None = None,
    after: After = None,
    limit: Limit = 100,
) -> Listing[ParticipantView]:
    """List the participants of a program, of one role or both; those who have paused are not matched for now."""
    taking_part = {"$in": [ParticipantStatus.IN, ParticipantStatus.PAUSED]}
    where = {"program_id": program_id, "status": taking_part} | ({"role": role} if role else {})
    page = await reader.page(Participant, where, after, limit)
    ids = [participant.id for participant in page.items]
    profiles = await _by_id(reader, ProfileCopy, ids)
    mentors, mentees = await _by_id(reader, MentorSeats, ids), await _by_id(reader, MenteeRequests, ids)
    shown = listing(
        page,
        lambda participant: ParticipantView.of(
            participant, profiles.get(participant.id), mentors.get(participant.id), mentees.get(participant.id)
        ),
    )
    return await names.on_page(shown)


async def _by_id(reader: Reader, kind: type[A], ids: Sequence[str]) -> dict[str, A]:
    return {found.id: found for found in await reader.many(kind, ids)}
