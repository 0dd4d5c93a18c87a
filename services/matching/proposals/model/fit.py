"""How well two fit, as it is kept with a match."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict

from services.matching.algorithm import problem
from services.matching.algorithm.both_sides import NO_SEATS, Pool, kept_out
from services.matching.algorithm.candidates import possible
from services.matching.algorithm.constraints import NO_COMMON_LANGUAGE, SAME_PERSON
from services.matching.algorithm.people import Person
from services.matching.algorithm.problem import Problem
from services.matching.algorithm.scored_pairs import SCALE
from services.matching.algorithm.unmatched import ruled_out
from services.matching.pool.model.profile import ProfileCopy, ProfileInvalid
from services.matching.pool.model.program_criteria import Score, compared_on, scores
from services.matching.pool.model.unmatched_codes import AD_HOC_ONLY, unmatchable
from services.matching.proposals.model.unavailable import ScoreTooLow
from shared.contracts.matching import Contribution
from shared.errors import Refusal

REMEDIES = {
    AD_HOC_ONLY: "One of the two meets for single sessions only: choose two who want a long-term match.",
    NO_SEATS: "The mentor offers no long-term seat: choose another mentor.",
    NO_COMMON_LANGUAGE: "The two have no language in common: choose a mentor who speaks one of the mentee's.",
    SAME_PERSON: "Nobody is their own mentor: choose another one.",
}


class PairNotAllowed(Refusal):
    """A hard constraint forbids the pair. `constraint` says which."""


class Share(Contribution, extra="allow"):
    """A contribution as it is stored: what this version does not know is kept."""


class Fit(BaseModel):
    """A score in millionths, the share of the weights that both have data for, and the part of each criterion."""

    model_config = ConfigDict(frozen=True, extra="allow")

    points: int = 0
    coverage: float = 0
    reasons: tuple[Share, ...] = ()

    @classmethod
    def of(cls, score: Score) -> Self:
        """Keep of a score what a match needs: codes and numbers, no words of people."""
        shares = tuple(
            Share(criterion=one.criterion, value=one.value, weight=one.weight, contribution=one.contribution)
            for one in score.reasons
        )
        return cls(points=score.points, coverage=score.coverage, reasons=shares)

    @property
    def score(self) -> float:
        """In [0, 1]."""
        return self.points / SCALE

    def check_reaches(self, minimum_score: float) -> None:
        """Raises `ScoreTooLow`, by the same rounding as a run."""
        if self.points < round(minimum_score * SCALE):
            raise ScoreTooLow(
                f"These two fit with {self.score:.2f}, and the program suggests nobody below {minimum_score:.2f}: "
                "choose another mentor. Those who run the program can propose them all the same, with `despite_score`.",
                score=self.score,
                minimum_score=minimum_score,
            )


def judge(mentor: Person, mentee: Person, day: date) -> Fit:
    """Score two whom somebody has chosen, as a run does; raises `PairNotAllowed`."""
    if code := kept_out(mentor) or kept_out(mentee):
        raise _not_allowed(unmatchable("mentee", code, {}).code)
    two = _alone(mentor, mentee, day)
    if not possible(two, 0):
        raise _not_allowed(ruled_out(two, mentee, "mentee", 0).code)
    return Fit.of(scores(two, [(0, 0)])[0])


def compare(mentor: Person, mentee: Person, day: date) -> Score:
    """Score two who are matched already, whatever would forbid the pair today."""
    two = _alone(replace(mentor, capacity=1, is_eligible=True), replace(mentee, is_eligible=True), day)
    return scores(two, [(0, 0)])[0]


def compare_today(two: Sequence[ProfileCopy], day: date) -> Score | None:
    """Score a mentee and a mentor by what they state today; None if one of them has left, or cannot be compared."""
    if len(two) < 2 or any(one.removed for one in two):
        return None
    try:
        mentee, mentor = (one.person() for one in two)
    except ProfileInvalid:
        return None
    return compare(mentor, mentee, day)


def _alone(mentor: Person, mentee: Person, day: date) -> Problem:
    return problem.of_profiles(Pool(mentors=(mentor,), mentees=(mentee,), program=compared_on(day)))


def _not_allowed(code: str) -> PairNotAllowed:
    return PairNotAllowed(REMEDIES[code], constraint=code)
