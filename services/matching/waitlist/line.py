"""The search for those who wait and could have a seat, away from the event loop."""

import asyncio

from services.matching.pool.members import profiles_in_pool
from services.matching.pool.model.participant import Participant
from services.matching.pool.model.program_criteria import compared_on
from services.matching.pool.model.program_rules import Program
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.waitlist.freed_seats import FindWaiting, WaitingFound
from services.matching.waitlist.model import Waiting, first_in_line
from shared.contracts.intake import Role
from shared.engine.authoring.handlers import Handlers, Work

waiting_line = Handlers()

MOST_AT_ONCE = 20
"""Mentees who are looked for at once; each search reads the whole pool."""


@waiting_line.performs()
async def find_waiting(effect: FindWaiting, work: Work) -> WaitingFound:
    """Find those who wait and for whom there is a seat, who come first in front, and not too many at once."""
    where = {"program_id": effect.program_id}
    requests = [one for one in await work.reader.every(MenteeRequests, where) if one.waits_for_mentor]
    if not requests:
        return WaitingFound(program_id=effect.program_id, mentees=())
    program = await work.reader.get(Program, effect.program_id)
    participants = await work.reader.every(Participant, {**where, "is_waiting": True, "role": Role.MENTEE})
    waiting = Waiting(
        requests=requests,
        since={one.id: one.wait.since for one in participants if one.wait.since},
        profiles=await profiles_in_pool(work.reader, where),
        seats=await work.reader.every(MentorSeats, where),
        at=work.now,
        program=compared_on(work.now.date(), minimum_score=program.rules.minimum_score),
    )
    first = await asyncio.to_thread(first_in_line, waiting)
    now, later = first[:MOST_AT_ONCE], first[MOST_AT_ONCE:]
    return WaitingFound(program_id=effect.program_id, mentees=tuple(now), is_more=bool(later))
