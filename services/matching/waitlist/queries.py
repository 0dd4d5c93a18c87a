"""Reads of the waitlist over HTTP, for those who run a program."""

from services.matching.pool.model.participant import Participant
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.waitlist.views import WaitingView
from shared.contracts.intake import Role
from shared.engine.authoring.grants import staff
from shared.web.names import Names
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import of_people

waitlist_queries = Routes()


@waitlist_queries.get(
    "/programs/{program_id}/waiting", allow=staff("program_id", "matching:read"), shows=of_people("items.person_id")
)
async def list_waiting(
    program_id: str,
    reader: TenantReader,
    names: Names,
    role: Role = Role.MENTEE,
    after: After = None,
    limit: Limit = 100,
) -> Listing[WaitingView]:
    """List the mentees who have room for a mentor and no open request, or the mentors left without one, and why."""
    if role is Role.MENTOR:
        where = {"program_id": program_id, "is_waiting": True, "role": role}
        return await names.on_page(listing(await reader.page(Participant, where, after, limit), WaitingView.of))
    page = await reader.page(MenteeRequests, {"program_id": program_id, "reason": {"$gt": ""}}, after, limit)
    participants = {one.id: one for one in await reader.many(Participant, [one.id for one in page.items])}
    return await names.on_page(listing(page, lambda mentee: WaitingView.of(participants[mentee.id], mentee)))
