"""The mentors whom those who run a program may propose to a mentee, and what speaks against each."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from services.matching.algorithm import problem
from services.matching.algorithm.both_sides import kept_out
from services.matching.algorithm.candidates import possible
from services.matching.algorithm.scored_pairs import SCALE
from services.matching.pool.model.compared_people import pool_of
from services.matching.pool.model.participant import MentorUnavailable
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_criteria import Score, compared_on, scores
from services.matching.proposals.model.best_mentor import Search
from services.matching.proposals.model.seats import MentorSeats


class Objection(StrEnum):
    """Why a run or a search would not propose a mentor, whom those who run the program may propose all the same."""

    SEATS_PROMISED = "seats_promised"
    ASKED_LATELY = "asked_lately"
    SCORE_TOO_LOW = "score_too_low"


class Candidate(NamedTuple):
    """A mentor with a seat that nobody has, how well the two fit, and what speaks against it."""

    mentor: ProfileCopy
    held: MentorSeats
    score: Score
    objections: tuple[Objection, ...]


def best_candidates(search: Search, count: int) -> list[Candidate]:
    """List whom a mentee may be proposed to by hand, the best first; raises `ProfileInvalid`."""
    search.mentee.person()
    excluded = {search.mentee.id: search.requests.excluded}
    pool, _ = pool_of([search.mentee, *search.mentors], {}, excluded, compared_on(search.at.date()))
    if kept_out(pool.mentees[0]):
        return []
    stated = problem.of_profiles(pool)
    held = {one.id: one for one in search.seats}
    profiles = {profile.id: profile for profile in search.mentors}
    ids = {one.column: stated.mentors[one.column].id for one in possible(stated, 0)}
    columns = [column for column, id in ids.items() if _can_be_asked(profiles[id], held)][:count]
    compared = zip(columns, scores(stated, [(0, column) for column in columns]), strict=True)
    return [_candidate(search, profiles[ids[column]], held, score) for column, score in compared]


def _can_be_asked(mentor: ProfileCopy, held: Mapping[str, MentorSeats]) -> bool:
    try:
        held.get(mentor.id, MentorSeats()).check_can_be_asked(mentor.seats, is_by_hand=True)
    except MentorUnavailable:
        return False
    return True


def _candidate(search: Search, mentor: ProfileCopy, held: Mapping[str, MentorSeats], score: Score) -> Candidate:
    seats = held.get(mentor.id, MentorSeats())
    speaks = {
        Objection.SEATS_PROMISED: seats.promised >= mentor.seats,
        Objection.ASKED_LATELY: mentor.id in search.requests.barred(search.at),
        Objection.SCORE_TOO_LOW: score.points < round(search.minimum_score * SCALE),
    }
    return Candidate(mentor, seats, score, tuple(objection for objection, holds in speaks.items() if holds))
