"""The best mentor who is left for one mentee."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.matching.algorithm import problem, unmatched
from services.matching.algorithm.both_sides import kept_out
from services.matching.algorithm.candidates import has_room, possible
from services.matching.algorithm.problem import Problem
from services.matching.algorithm.program import Program
from services.matching.pool.model.compared_people import pool_of
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_criteria import compared_on, scores
from services.matching.pool.model.unmatched_codes import (
    EVERYBODY_ASKED,
    PIN_IMPOSSIBLE,
    SEATS_TAKEN,
    Unmatchable,
    unmatchable,
)
from services.matching.proposals.model.fit import Fit
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from shared.ids import ApplicationId


class Best(NamedTuple):
    """The best mentor for a mentee."""

    mentor: ApplicationId
    fit: Fit


class Search(NamedTuple):
    """A mentee who looks for a mentor, and the mentors of the program with their seats, at some time."""

    mentee: ProfileCopy
    requests: MenteeRequests
    mentors: Sequence[ProfileCopy]
    seats: Sequence[MentorSeats]
    at: datetime
    minimum_score: float

    @property
    def program(self) -> Program:
        """How the people are compared."""
        return compared_on(self.at.date(), minimum_score=self.minimum_score)

    @property
    def promised(self) -> dict[str, int]:
        """How many seats of each mentor are promised."""
        return {one.id: one.promised for one in self.seats}


def find_mentor(search: Search, is_ranked: bool = False) -> Best | Unmatchable:
    """Find the best mentor who is left for a mentee, or why there is none; `is_ranked` looks at ranked ones only."""
    pool, invalid = pool_of([search.mentee, *search.mentors], {}, {}, search.program)
    if search.mentee.id in invalid:
        return invalid[search.mentee.id]
    if code := kept_out(pool.mentees[0]):
        return unmatchable("mentee", code, {})
    return best_left(problem.of_profiles(pool), search, is_ranked)


def best_left(stated: Problem, search: Search, is_ranked: bool = False) -> Best | Unmatchable:
    """Find the best mentor for the only mentee: one who may be asked and has a seat that is not promised.

    Mentors whom the mentee has ranked come first, and those who let a proposal expire last. Where somebody has pinned
    a mentor, it is that one or nobody.
    """
    fitting = [one.column for one in possible(stated, 0)]
    if not fitting:
        found = unmatched.ruled_out(stated, stated.mentees[0], "mentee", 0)
        return _nobody(search, unmatchable(found.side, found.code, found.figures))
    askable = in_order_of_wishes(stated, fitting, search.requests, search.at)
    if is_ranked and not search.requests.pinned:
        askable = [at for at in askable if stated.mentors[at].id in search.requests.ranked]
    if not askable:
        return _nobody(search, Unmatchable(EVERYBODY_ASKED, {"mentors": len(fitting)}))
    best = next((at for at in askable if has_room(stated.mentors[at], search.promised)), None)
    if best is None:
        seats = sum(stated.mentors[at].capacity for at in askable)
        return _nobody(search, Unmatchable(SEATS_TAKEN, {"mentors": len(askable), "seats": seats}))
    (score,) = scores(stated, [(0, best)])
    return Best(ApplicationId(stated.mentors[best].id), Fit.of(score))


def _nobody(search: Search, why: Unmatchable) -> Unmatchable:
    """Why nobody is found: the pin, if there is one."""
    return Unmatchable(PIN_IMPOSSIBLE) if search.requests.pinned else why


def in_order_of_wishes(stated: Problem, fitting: Sequence[int], requests: MenteeRequests, at: datetime) -> list[int]:
    """Sort the mentors who may be asked: ranked ones, then the others, and last those who let a proposal expire.

    Where a mentor is pinned, nobody else may be asked.
    """
    barred, silent = requests.barred(at), requests.silent(at)
    last = len(requests.ranked) + 1
    place = dict.fromkeys(silent, last) | {mentor: rank for rank, mentor in enumerate(requests.ranked)}
    ids = {column: ApplicationId(stated.mentors[column].id) for column in fitting}
    askable = [column for column in fitting if ids[column] not in barred and requests.pinned in (None, ids[column])]
    return sorted(askable, key=lambda column: place.get(ids[column], last - 1))
