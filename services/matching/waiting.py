"""Mentees for whom there was no seat are looked for again once there may be one."""

from collections.abc import Sequence

from services.matching.model.places import FOR_WANT_OF_SEATS, MenteeRequests
from services.matching.proposing import search
from shared.engine.aggregate import Effect, Outcome
from shared.engine.context import Context
from shared.engine.handlers import Handlers, Work
from shared.engine.loads import require
from shared.ids import ApplicationId, ProgramId

waiting = Handlers()

MOST_AT_ONCE = 20
"""Mentees who are looked for at once; each search reads the whole pool."""


class FindWaiting(Effect):
    """Find mentees of a program who wait for a seat."""

    program_id: ProgramId


class WaitingFound(Outcome):
    """Mentees who wait for a seat, those with priority first."""

    mentees: tuple[ApplicationId, ...]


def search_for_waiting(program_id: ProgramId, ctx: Context) -> None:
    """There may be a seat now for some of those who wait for one."""
    ctx.perform(FindWaiting(program_id=program_id), id=f"waiting/{program_id}/{ctx.new_id()}")


@waiting.performs()
async def find_waiting(effect: FindWaiting, work: Work) -> WaitingFound:
    """Some of them, if there are many."""
    where = {"program_id": effect.program_id, "reason": {"$in": [*FOR_WANT_OF_SEATS]}}
    found = await work.reader.every(MenteeRequests, where)
    first = sorted(found, key=lambda mentee: not mentee.has_priority)[:MOST_AT_ONCE]
    return WaitingFound(mentees=tuple(ApplicationId(mentee.id) for mentee in first))


@waiting.on("search-for-waiting", loads={"mentees": require(MenteeRequests, lambda found: [*found.mentees])})
def search_for_those_who_wait(_: WaitingFound, mentees: Sequence[MenteeRequests], ctx: Context) -> None:
    """Unless they have found somebody meanwhile."""
    for mentee in mentees:
        if mentee.waits_for_seats:
            search(mentee, mentee.program_id, ctx)
