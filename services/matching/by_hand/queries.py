"""Reads for matching by hand over HTTP, for those who run a program."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query
from fastapi.concurrency import run_in_threadpool
from pydantic import Field, StringConstraints

from services.matching.by_hand.previews import Side, Two, preview
from services.matching.by_hand.proposable import best_candidates
from services.matching.by_hand.views import CandidateView, ProposalPreview
from services.matching.pool.members import profiles_in_pool
from services.matching.pool.model.applications import Application
from services.matching.pool.model.participant import Participant
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_rules import Program
from services.matching.proposals.model.best_mentor import Search
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from shared.contracts.intake import Role
from shared.engine.authoring.grants import staff
from shared.engine.authoring.reader import A, Reader
from shared.web.document import refused_with
from shared.web.names import Names
from shared.web.now import Now
from shared.web.routes import Routes
from shared.web.trail.shown import of_people

by_hand_queries = Routes()

STAFF = staff("program_id", "matching:read")

MOST_PAIRS = 20
PairOfIds = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}/[A-Za-z0-9-]{1,64}$"),
    Field(examples=["01a2ef98-69df-7785-abf4-234349f2c596/01a2ef97-7f6c-7d70-8b75-fc9f9867ffad"]),
]
Pairs = Annotated[
    list[PairOfIds],
    Query(
        description="Applications of a mentee and a mentor, as `<mentee>/<mentor>`; as often as there are pairs",
        min_length=1,
        max_length=MOST_PAIRS,
    ),
]


@by_hand_queries.get(
    "/programs/{program_id}/candidates",
    allow=STAFF,
    shows=of_people("mentor_id"),
    responses=refused_with(409),
)
async def list_candidates(
    program_id: str,
    mentee_application_id: Application,
    names: Names,
    now: Now,
    limit: Annotated[int, Query(ge=1, le=100, description="How many at most")] = 20,
) -> list[CandidateView]:
    """List the mentors who may be proposed to a mentee by hand, the best first, with what speaks against each.

    Beside those whom a run or a search would propose, these are mentors who are asked about all their seats, who have
    let a proposal expire lately, or who fit less well than the program asks for.
    """
    reader = names.reader
    mentee = await reader.get(Participant, mentee_application_id)
    mentee.check(program_id, Role.MENTEE)
    profile = await reader.get(ProfileCopy, mentee.id)
    (requests,) = await reader.many(MenteeRequests, [mentee.id]) or [MenteeRequests(id=mentee.id)]
    mentors = await profiles_in_pool(reader, {"program_id": program_id, "role": Role.MENTOR})
    seats = await reader.every(MentorSeats, {"program_id": program_id})
    program = await reader.get(Program, program_id)
    search = Search(profile, requests, mentors, seats, now, program.rules.minimum_score)
    shown = [CandidateView.of(one) for one in await run_in_threadpool(best_candidates, search, limit)]
    await names.on_all(shown)
    return shown


@by_hand_queries.get("/programs/{program_id}/pairs", allow=STAFF, shows=of_people("mentor_id", "mentee_id"))
async def show_pairs(program_id: str, pair: Pairs, names: Names, now: Now) -> list[ProposalPreview]:
    """Show what proposing each of some pairs by hand would be: score, reasons, or why it cannot be.

    A pair with somebody who has never taken part in the program is left out.
    """
    asked = [(mentor, mentee) for mentee, _, mentor in (one.partition("/") for one in pair)]
    found = await _two(names.reader, program_id, asked)
    shown = [ProposalPreview.of(preview(two, now)) for two in found]
    await names.on_all(shown)
    return shown


async def _two(reader: Reader, program_id: str, asked: Sequence[tuple[str, str]]) -> list[Two]:
    """Read everything about these pairs, by one read for each kind of it."""
    program = await reader.get(Program, program_id)
    ids = sorted({id for two in asked for id in two})
    participants = {
        id: one for id, one in (await _by_id(reader, Participant, ids)).items() if one.program_id == program_id
    }
    profiles = await _by_id(reader, ProfileCopy, ids)
    seats = await _by_id(reader, MentorSeats, ids)
    wishes = await _by_id(reader, MenteeRequests, ids)
    sides = {id: Side(one, profiles.get(id, ProfileCopy(id=id))) for id, one in participants.items()}
    return [
        Two(
            sides[mentor],
            sides[mentee],
            seats.get(mentor, MentorSeats(id=mentor)),
            wishes.get(mentee, MenteeRequests(id=mentee)),
            program,
        )
        for mentor, mentee in asked
        if mentor in sides and mentee in sides
    ]


async def _by_id(reader: Reader, kind: type[A], ids: Sequence[str]) -> dict[str, A]:
    return {found.id: found for found in await reader.many(kind, ids)}
