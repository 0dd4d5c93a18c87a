"""The mentors among whom a mentee may choose."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from services.matching.algorithm import problem
from services.matching.algorithm.pool import kept_out
from services.matching.algorithm.ranking import with_room
from services.matching.comparing import Score, scores
from services.matching.model.places import MenteeRequests, MentorSeats
from services.matching.model.pool import ProfileCopy
from services.matching.solution import pool_of


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
