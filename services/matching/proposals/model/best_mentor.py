"""The best mentor who is left for one mentee."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from services.matching.algorithm import problem, unmatched
from services.matching.algorithm.both_sides import kept_out
from services.matching.algorithm.candidates import has_room, possible
from services.matching.algorithm.problem import Problem
from services.matching.pool.model.compared_people import pool_of
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_criteria import compared_on, scores
from services.matching.pool.model.unmatched_codes import (
    EVERYBODY_ASKED,
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
    """A mentee who looks for a mentor on a day, and the mentors of the program with their seats."""

    mentee: ProfileCopy
    requests: MenteeRequests
    mentors: Sequence[ProfileCopy]
    seats: Sequence[MentorSeats]
    day: date

    @property
    def promised(self) -> dict[str, int]:
        """How many seats of each mentor are promised."""
        return {one.id: one.promised for one in self.seats}


def find_mentor(search: Search, is_ranked: bool = False) -> Best | Unmatchable:
    """Find the best mentor who is left for a mentee, or why there is none; `is_ranked` looks at ranked ones only."""
    pool, invalid = pool_of([search.mentee, *search.mentors], {}, {}, compared_on(search.day))
    if search.mentee.id in invalid:
        return invalid[search.mentee.id]
    if code := kept_out(pool.mentees[0]):
        return unmatchable("mentee", code, {})
    return best_left(problem.of_profiles(pool), search.requests, search.promised, is_ranked)


def best_left(
    stated: Problem, requests: MenteeRequests, promised: Mapping[str, int], is_ranked: bool = False
) -> Best | Unmatchable:
    """Find the best mentor for the only mentee: one who was not asked in vain and has a seat that is not promised.

    Mentors whom the mentee has ranked come first.
    """
    ranked = [one.column for one in possible(stated, 0)]
    if not ranked:
        found = unmatched.ruled_out(stated, stated.mentees[0], "mentee", 0)
        return unmatchable(found.side, found.code, found.figures)
    unasked = in_order_of_wishes(stated, ranked, requests, is_ranked)
    if not unasked:
        return Unmatchable(EVERYBODY_ASKED, {"mentors": len(ranked)})
    best = next((at for at in unasked if has_room(stated.mentors[at], promised)), None)
    if best is None:
        seats = sum(stated.mentors[at].capacity for at in unasked)
        return Unmatchable(SEATS_TAKEN, {"mentors": len(unasked), "seats": seats})
    (score,) = scores(stated, [(0, best)])
    return Best(ApplicationId(stated.mentors[best].id), Fit.of(score))


def in_order_of_wishes(stated: Problem, best: Sequence[int], requests: MenteeRequests, is_ranked: bool) -> list[int]:
    """Sort the mentors who may be asked: those whom the mentee has ranked, then, unless `is_ranked`, the others."""
    rank: dict[str, int] = {mentor: at for at, mentor in enumerate(requests.ranked)}
    asked = [
        at for at in best if (id := stated.mentors[at].id) not in requests.excluded and (id in rank or not is_ranked)
    ]
    return sorted(asked, key=lambda at: rank.get(stated.mentors[at].id, len(rank)))
