"""Mentees for whom there was no seat are looked for again once there may be one."""

from typing import Annotated

from services.matching.proposals.model.requests import MAY_PASS, MenteeRequests
from services.matching.proposals.next_mentor import search_next_mentor
from services.matching.waitlist.freed_seats import FindWaiting, SeatsFreed, WaitingFound
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers, Work
from shared.engine.authoring.loads import require
from shared.ids import ApplicationId

waitlist_reactions = Handlers()

MOST_AT_ONCE = 20
"""Mentees who are looked for at once; each search reads the whole pool."""


@waitlist_reactions.on("find-waiting")
def find_those_who_wait(freed: SeatsFreed, ctx: Context) -> None:
    """Ask the database who waits for a seat."""
    ctx.perform(FindWaiting(program_id=freed.program_id), id=f"waiting/{freed.program_id}/{ctx.new_id()}")


@waitlist_reactions.performs()
async def find_waiting(effect: FindWaiting, work: Work) -> WaitingFound:
    """Find mentees who wait for a seat: those with priority first, and not too many at once."""
    where = {"program_id": effect.program_id, "reason": {"$in": [*MAY_PASS]}}
    found = await work.reader.every(MenteeRequests, where)
    first = sorted(found, key=lambda mentee: (not mentee.has_priority, MAY_PASS.index(mentee.reason)))[:MOST_AT_ONCE]
    return WaitingFound(mentees=tuple(ApplicationId(mentee.id) for mentee in first))


@waitlist_reactions.on("search-for-waiting")
def search_for_those_who_wait(
    _: WaitingFound, mentees: Annotated[list[MenteeRequests], require("mentees")], ctx: Context
) -> None:
    """Look for a mentor for each of them who still waits."""
    for mentee in mentees:
        if mentee.waits_for_mentor:
            search_next_mentor(mentee, mentee.program_id, ctx)
