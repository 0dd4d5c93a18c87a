"""The search for the best mentor who is left for a mentee, away from the event loop."""

import asyncio

from services.matching.pool.members import profiles_in_pool
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_rules import Program
from services.matching.pool.model.unmatched_codes import Unmatchable
from services.matching.proposals.model.best_mentor import Search, find_mentor
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.proposals.next_mentor import FindNextBest, NextBestFound, NobodyFound
from shared.contracts.intake import Role
from shared.engine.authoring.handlers import Handlers, Work

mentor_search = Handlers()


@mentor_search.performs()
async def find_next_best(effect: FindNextBest, work: Work) -> NextBestFound | NobodyFound:
    """Find the best of the mentors who have a seat that is not promised, and were not asked in vain."""
    id, where = effect.mentee_application_id, {"program_id": effect.program_id}
    mentee, requests = await work.reader.get(ProfileCopy, id), await work.reader.get(MenteeRequests, id)
    mentors = await profiles_in_pool(work.reader, where | {"role": Role.MENTOR})
    seats = await work.reader.every(MentorSeats, where)
    program = await work.reader.get(Program, effect.program_id)
    search = Search(mentee, requests, mentors, seats, work.now, program.rules.minimum_score)
    found = await asyncio.to_thread(find_mentor, search, effect.is_ranked)
    if isinstance(found, Unmatchable):
        return NobodyFound(mentee_application_id=id, reason=found.code, figures=dict(found.figures))
    return NextBestFound(
        match_id=effect.match_id,
        program_id=effect.program_id,
        mentee_application_id=id,
        mentor_application_id=found.mentor,
        fit=found.fit,
        is_ranked=effect.is_ranked,
    )
