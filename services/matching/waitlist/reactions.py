"""Mentees who wait are looked for again once seats are free; whoever waits, mentors too, is so after a month."""

from typing import Annotated

from services.matching.pool.model.participant import Participant
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.unmatched_codes import Unmatchable
from services.matching.pool.model.wait import MONTH
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.proposals.next_mentor import search_next_mentor
from services.matching.waitlist.freed_seats import FindWaiting, SeatsFreed, WaitingFound, search_for_waiting
from services.matching.waitlist.next_look import LookAgain, look_again, stop_looking, wait_for_match
from shared.contracts.intake import Role
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, optional, reads, require
from shared.ids import ApplicationId

waitlist_reactions = Handlers()


@waitlist_reactions.on("find-waiting")
def find_those_who_wait(freed: SeatsFreed, ctx: Context) -> None:
    """Ask the database who waits, and could have a seat."""
    ctx.perform(FindWaiting(program_id=freed.program_id), id=f"waiting/{freed.program_id}/{ctx.new_id()}")


@waitlist_reactions.on("search-for-waiting")
def search_for_those_who_wait(
    found: WaitingFound, mentees: Annotated[list[MenteeRequests], require("mentees")], ctx: Context
) -> None:
    """Look for a mentor for each of them who still waits, and soon for the others who could have a seat."""
    for mentee in mentees:
        if mentee.waits_for_mentor:
            search_next_mentor(mentee, mentee.program_id, ctx)
    if found.is_more:
        search_for_waiting(found.program_id, ctx)


def if_mentee(_: LookAgain, participant: Participant) -> ApplicationId | None:
    """The application, if it is a mentee's."""
    return ApplicationId(participant.id) if participant.role is Role.MENTEE else None


def if_mentor(_: LookAgain, participant: Participant) -> ApplicationId | None:
    """The application, if it is a mentor's."""
    return ApplicationId(participant.id) if participant.role is Role.MENTOR else None


class WhoWaits(Bundle):
    """Somebody who may still wait, with what they are asked about and have."""

    participant: Annotated[Participant, require("application_id")]
    mentee: Annotated[MenteeRequests | None, optional(if_mentee)]
    mentor: Annotated[MentorSeats | None, optional(if_mentor)]
    profile: Annotated[ProfileCopy | None, reads("application_id")]


@waitlist_reactions.on("look-again")
def look_for_who_waits(_: LookAgain, who: WhoWaits, ctx: Context) -> None:
    """Look again for a mentee who still waits, and tell a mentor who still has nobody; if that ends, it ends."""
    participant = who.participant
    if who.mentee is not None:
        if who.mentee.waits_for_mentor:
            search_next_mentor(who.mentee, participant.program_id, ctx)
    elif participant.role is Role.MENTOR:
        _look_for_mentor(who, ctx)


def _look_for_mentor(who: WhoWaits, ctx: Context) -> None:
    mentor = who.mentor or MentorSeats()
    if mentor.accepted or who.profile is None or not who.profile.seats:
        stop_looking(who.participant, ctx)
    elif mentor.open:
        look_again(who.participant, ctx.now + MONTH, ctx)
    else:
        last = who.participant.wait
        wait_for_match(who.participant, Unmatchable(last.reason, last.figures), ctx)
