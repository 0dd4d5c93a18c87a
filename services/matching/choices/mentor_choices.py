"""The mentors among whom a mentee may choose."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from services.matching.algorithm import problem
from services.matching.algorithm.both_sides import kept_out
from services.matching.algorithm.candidates import with_room
from services.matching.pool.model.compared_people import pool_of
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_criteria import Score, scores
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats


class Choice(NamedTuple):
    """A mentor, and how well the two fit."""

    mentor: ProfileCopy
    score: Score


def best_choices(
    mentee: ProfileCopy,
    requests: MenteeRequests,
    mentors: Sequence[ProfileCopy],
    seats: Sequence[MentorSeats],
    day: date,
    count: int,
) -> list[Choice]:
    """So many of the mentors who have room and were not asked before, the best first; raises `ProfileInvalid`."""
    mentee.person()
    pool, _ = pool_of([mentee, *mentors], {}, {mentee.id: requests.excluded}, day)
    if kept_out(pool.mentees[0]):
        return []
    stated, promised = problem.of_profiles(pool), {place.id: place.promised for place in seats}
    columns = [one.column for one in with_room(stated, 0, promised)[:count]]
    profiles = {profile.id: profile for profile in mentors}
    compared = scores(stated, [(0, column) for column in columns])
    return [Choice(profiles[stated.mentors[column].id], score) for column, score in zip(columns, compared, strict=True)]
