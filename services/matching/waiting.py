"""Mentees for whom there was no seat are looked for again once there may be one."""

from collections.abc import Sequence
from datetime import timedelta

from services.matching.model.places import MAY_PASS, MenteeRequests
from services.matching.proposing import search
from shared.engine.authoring.aggregate import Effect, Outcome, Timer
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers, Work
from shared.engine.authoring.loads import require
from shared.ids import ApplicationId, ProgramId

waiting = Handlers()

MOST_AT_ONCE = 20
"""Mentees who are looked for at once; each search reads the whole pool."""


SOON = timedelta(minutes=1)
"""Time for a profile to come that says how many seats there are now; what frees seats meanwhile is one search."""


class SeatsFreed(Timer):
    """There may be seats now for those who wait for one."""

    program_id: ProgramId


class FindWaiting(Effect):
    """Find mentees of a program who wait for a seat."""

    program_id: ProgramId


class WaitingFound(Outcome):
    """Mentees who wait for a seat, those with priority first."""

    mentees: tuple[ApplicationId, ...]


def search_for_waiting(program_id: ProgramId, ctx: Context) -> None:
    """There may be a seat now for some of those who wait for one: look for them soon."""
    ctx.after(SOON, SeatsFreed(program_id=program_id), id=f"seats-freed/{program_id}")


@waiting.on("find-waiting")
def find_those_who_wait(freed: SeatsFreed, ctx: Context) -> None:
    """Who they are is for the database to say."""
    ctx.perform(FindWaiting(program_id=freed.program_id), id=f"waiting/{freed.program_id}/{ctx.new_id()}")


@waiting.performs()
async def find_waiting(effect: FindWaiting, work: Work) -> WaitingFound:
    """Some of them, if there are many."""
    where = {"program_id": effect.program_id, "reason": {"$in": [*MAY_PASS]}}
    found = await work.reader.every(MenteeRequests, where)
    first = sorted(found, key=lambda mentee: (not mentee.has_priority, MAY_PASS.index(mentee.reason)))[:MOST_AT_ONCE]
    return WaitingFound(mentees=tuple(ApplicationId(mentee.id) for mentee in first))


@waiting.on("search-for-waiting", loads={"mentees": require(MenteeRequests, lambda found: [*found.mentees])})
def search_for_those_who_wait(_: WaitingFound, mentees: Sequence[MenteeRequests], ctx: Context) -> None:
    """Unless they have found somebody meanwhile."""
    for mentee in mentees:
        if mentee.waits_for_mentor:
            search(mentee, mentee.program_id, ctx)
