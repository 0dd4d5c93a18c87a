"""Who comes first of those who wait, where seats are free."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.matching.algorithm import problem
from services.matching.algorithm.candidates import possible
from services.matching.algorithm.problem import Problem
from services.matching.algorithm.program import Program
from services.matching.pool.model.compared_people import pool_of
from services.matching.pool.model.profile import ProfileCopy
from services.matching.proposals.model.best_mentor import in_order_of_wishes
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from shared.contracts.intake import Role
from shared.ids import ApplicationId


class Waiting(NamedTuple):
    """Mentees who wait, `since` when, the profiles of all who take part, and the mentors' seats, at some time."""

    requests: Sequence[MenteeRequests]
    since: Mapping[str, datetime]
    profiles: Sequence[ProfileCopy]
    seats: Sequence[MentorSeats]
    at: datetime
    program: Program


class Candidate(NamedTuple):
    """A mentee who waits, and the mentors who may be asked, by their columns, the one to be asked first in front."""

    mentee: MenteeRequests
    mentors: Sequence[int]
    points: int


def first_in_line(waiting: Waiting) -> list[ApplicationId]:
    """List the mentees for each of whom there is a free seat, who come first in front.

    Before who has a mentor comes who has none, before others who lost a mentor without fault, then who waits longest,
    and then whom the best mentor fits best.
    """
    promised = {one.id: one.promised for one in waiting.seats}
    requests = {one.id: one for one in waiting.requests}
    free = {one.id: one.seats - promised.get(one.id, 0) for one in waiting.profiles if one.role is Role.MENTOR}
    here = [one for one in waiting.profiles if one.id in requests or free.get(one.id, 0) > 0]
    pool, _ = pool_of(here, {}, {}, waiting.program)
    stated = problem.of_profiles(pool)
    found = [_candidate(stated, row, requests[one.id], waiting.at) for row, one in enumerate(stated.mentees)]
    first = list[ApplicationId]()
    for candidate in sorted(found, key=lambda one: _place(one, waiting)):
        mentor = next((id for at in candidate.mentors if free[id := stated.mentors[at].id] > 0), None)
        if mentor is not None:
            free[mentor] -= 1
            first.append(ApplicationId(candidate.mentee.id))
    return first


def _candidate(stated: Problem, row: int, mentee: MenteeRequests, at: datetime) -> Candidate:
    options = possible(stated, row)
    points = {one.column: one.points for one in options}
    mentors = in_order_of_wishes(stated, [*points], mentee, at)
    return Candidate(mentee, mentors, points[mentors[0]] if mentors else 0)


def _place(one: Candidate, waiting: Waiting) -> tuple[bool, bool, datetime, int, str]:
    mentee = one.mentee
    since = waiting.since.get(mentee.id, waiting.at)
    return bool(mentee.accepted), not mentee.has_priority, since, -one.points, mentee.id
