"""Reads of the pool over HTTP, for clients and operators."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.matching.pool.model.participant import PoolEntry, PoolStatus
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.views import ParticipantView
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.staff import ForStaff
from shared.contracts.intake import Role
from shared.engine.authoring.reader import A, Reader
from shared.web.paging import After, Limit, Listing, listing
from shared.web.reading import TenantReader

pool_queries = APIRouter()


@pool_queries.get("/programs/{program_id}/pool", dependencies=ForStaff)
async def list_pool(
    program_id: str, reader: TenantReader, role: Role | None = None, after: After = None, limit: Limit = 100
) -> Listing[ParticipantView]:
    """Those who take part, of one role or both; who has paused is not matched for the time being."""
    taking_part = {"$in": [PoolStatus.IN, PoolStatus.PAUSED]}
    where = {"program_id": program_id, "status": taking_part} | ({"role": role} if role else {})
    page = await reader.page(PoolEntry, where, after, limit)
    ids = [entry.id for entry in page.items]
    profiles = await _by_id(reader, ProfileCopy, ids)
    mentors, mentees = await _by_id(reader, MentorSeats, ids), await _by_id(reader, MenteeRequests, ids)
    return listing(
        page,
        lambda entry: ParticipantView.of(entry, profiles.get(entry.id), mentors.get(entry.id), mentees.get(entry.id)),
    )


async def _by_id(reader: Reader, kind: type[A], ids: Sequence[str]) -> dict[str, A]:
    return {found.id: found for found in await reader.many(kind, ids)}
