"""The mentors among whom a mentee may choose."""

from typing import NamedTuple

from services.matching.algorithm import problem
from services.matching.algorithm.both_sides import kept_out
from services.matching.algorithm.candidates import with_room
from services.matching.pool.model.compared_people import pool_of
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_criteria import Score, scores
from services.matching.proposals.model.best_mentor import Search


class Choice(NamedTuple):
    """A mentor, and how well the two fit."""

    mentor: ProfileCopy
    score: Score


def best_choices(search: Search, count: int) -> list[Choice]:
    """List mentors who have room and were not asked before, the best first; raises `ProfileInvalid`."""
    search.mentee.person()
    excluded = {search.mentee.id: search.requests.barred(search.at)}
    pool, _ = pool_of([search.mentee, *search.mentors], {}, excluded, search.program)
    if kept_out(pool.mentees[0]):
        return []
    stated = problem.of_profiles(pool)
    columns = [one.column for one in with_room(stated, 0, search.promised)[:count]]
    profiles = {profile.id: profile for profile in search.mentors}
    compared = scores(stated, [(0, column) for column in columns])
    return [Choice(profiles[stated.mentors[column].id], score) for column, score in zip(columns, compared, strict=True)]
