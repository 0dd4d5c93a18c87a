"""Mentees for whom there was no seat are looked for again once there may be one."""

from collections.abc import Sequence

from services.matching.proposals.model.requests import MAY_PASS, MenteeRequests
from services.matching.proposals.next_mentor import search
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
    """Who they are is for the database to say."""
    ctx.perform(FindWaiting(program_id=freed.program_id), id=f"waiting/{freed.program_id}/{ctx.new_id()}")


@waitlist_reactions.performs()
async def find_waiting(effect: FindWaiting, work: Work) -> WaitingFound:
    """Some of them, if there are many."""
    where = {"program_id": effect.program_id, "reason": {"$in": [*MAY_PASS]}}
    found = await work.reader.every(MenteeRequests, where)
    first = sorted(found, key=lambda mentee: (not mentee.has_priority, MAY_PASS.index(mentee.reason)))[:MOST_AT_ONCE]
    return WaitingFound(mentees=tuple(ApplicationId(mentee.id) for mentee in first))


@waitlist_reactions.on("search-for-waiting", loads={"mentees": require(MenteeRequests, lambda found: [*found.mentees])})
def search_for_those_who_wait(_: WaitingFound, mentees: Sequence[MenteeRequests], ctx: Context) -> None:
    """Unless they have found somebody meanwhile."""
    for mentee in mentees:
        if mentee.waits_for_mentor:
            search(mentee, mentee.program_id, ctx)
