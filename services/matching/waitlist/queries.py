"""Reads of the waitlist over HTTP, for clients and operators."""

from fastapi import APIRouter

from services.matching.proposals.model.requests import MenteeRequests
from services.matching.waitlist.views import WaitingView
from shared.engine.authoring.handlers import CLIENTS, OPERATORS
from shared.web.access import allowed
from shared.web.paging import After, Limit, Listing, listing
from shared.web.reading import TenantReader

waitlist_queries = APIRouter()


@waitlist_queries.get("/programs/{program_id}/waiting", dependencies=allowed(CLIENTS, OPERATORS))
async def list_waiting(
    program_id: str, reader: TenantReader, after: After = None, limit: Limit = 100
) -> Listing[WaitingView]:
    """List the mentees who have room for a mentor and no open request, and why nobody is asked."""
    where = {"program_id": program_id, "reason": {"$gt": ""}}
    return listing(await reader.page(MenteeRequests, where, after, limit), WaitingView.of)
