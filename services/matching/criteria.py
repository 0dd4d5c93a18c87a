"""What is compared between a mentee and a mentor, and what forbids a pair.

Everything works on a block of pairs at once, a row per mentee and a column per mentor; a single pair is a block of one.
What a person did not state is no data: it neither forbids a pair nor counts against it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.matching.candidate import Candidate
from shared.clock import zone
from shared.contracts.intake import MeetingFormat

Block = NDArray[np.float64]
Allowed = NDArray[np.bool_]
Evidence = Mapping[str, float | tuple[str, ...]]

DEFAULT_WEIGHTS = {"areas": 20.0, "programming_languages": 15.0, "goals": 25.0, "experience": 10.0, "zone": 15.0}

AD_HOC_ONLY = "ad_hoc_only"
NO_SEATS = "no_seats"
NO_COMMON_LANGUAGE = "no_common_language"
SAME_PERSON = "same_person"


class ScoringSettings(BaseModel):
    """What a program may set. `weights` name the criteria that count; one that is not named, or weighs 0, does not.

    Clocks are compared as they stand on `reference_date`. `wished_gap_years` is how much more experience than the
    mentee a mentor should have; a larger gap is as good.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reference_date: date
    weights: Mapping[str, Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]] = DEFAULT_WEIGHTS
    wished_gap_years: float = Field(default=5, ge=1, le=50)

    @model_validator(mode="after")
    def _weights_are_of_criteria(self) -> Self:
        if unknown := sorted(self.weights.keys() - DEFAULT_WEIGHTS.keys()):
            raise ValueError(f"weights name no criterion: {', '.join(unknown)}; use {', '.join(DEFAULT_WEIGHTS)}")
        if sum(self.weights.values()) < 0.001:
            raise ValueError("weights add up to nothing: give at least one criterion a weight")
        return self


class Criterion(Protocol):
    """One way to compare a mentee with a mentor. A new one is a class like those below and its place in `criteria`."""

    @property
    def code(self) -> str:
        """Its stable name in weights and reasons."""

    def values(self, mentees: Sequence[Candidate], mentors: Sequence[Candidate]) -> Block:
        """From 0 to 1 for each pair; NaN where a side stated nothing."""

    def evidence(self, mentee: Candidate, mentor: Candidate) -> Evidence:
        """The facts behind the value of a pair that has one."""


@dataclass(frozen=True)
class Overlap:
    """The share of what the mentee wants that the mentor offers."""

    code: str
    words: Callable[[Candidate], tuple[str, ...]]

    def values(self, mentees: Sequence[Candidate], mentors: Sequence[Candidate]) -> Block:
        """See `Criterion.values`."""
        wanted = [self.words(mentee) for mentee in mentees]
        offered = [self.words(mentor) for mentor in mentors]
        share: Block = count_shared(wanted, offered) / _numbers([len(words) or None for words in wanted])[:, None]
        share[:, [not words for words in offered]] = np.nan
        return share

    def evidence(self, mentee: Candidate, mentor: Candidate) -> Evidence:
        """See `Criterion.evidence`."""
        return {"shared": tuple(sorted({*self.words(mentee)} & {*self.words(mentor)}))}


@dataclass(frozen=True)
class ExperienceGap:
    """How much of the wished gap the mentor is ahead of the mentee, in years."""

    code = "experience"
    wished_years: float

    def values(self, mentees: Sequence[Candidate], mentors: Sequence[Candidate]) -> Block:
        """See `Criterion.values`."""
        return np.clip(self._gap(mentees, mentors) / self.wished_years, 0, 1)

    def evidence(self, mentee: Candidate, mentor: Candidate) -> Evidence:
        """See `Criterion.evidence`."""
        return {"gap_years": self._gap([mentee], [mentor]).item()}

    def _gap(self, mentees: Sequence[Candidate], mentors: Sequence[Candidate]) -> Block:
        mine = _numbers([mentee.years for mentee in mentees])
        return _numbers([mentor.years for mentor in mentors]) - mine[:, None]


@dataclass(frozen=True)
class ZoneDistance:
    """How close their clocks are: 1 for the same time of day, 0 for twelve hours apart."""

    code = "zone"
    day: date

    def values(self, mentees: Sequence[Candidate], mentors: Sequence[Candidate]) -> Block:
        """See `Criterion.values`."""
        return 1 - self._hours_apart(mentees, mentors) / 12

    def evidence(self, mentee: Candidate, mentor: Candidate) -> Evidence:
        """See `Criterion.evidence`."""
        return {"hours_apart": self._hours_apart([mentee], [mentor]).item()}

    def _hours_apart(self, mentees: Sequence[Candidate], mentors: Sequence[Candidate]) -> Block:
        here = _numbers([utc_offset(mentee.time_zone, self.day) for mentee in mentees])
        there = _numbers([utc_offset(mentor.time_zone, self.day) for mentor in mentors])
        hours: Block = np.abs(there - here[:, None])
        return np.minimum(hours, 24 - hours)  # 14 ahead and 10 behind show the same time


def criteria(settings: ScoringSettings) -> tuple[Criterion, ...]:
    """All criteria as a program uses them, in the order in which reasons are given."""
    return (
        Overlap("areas", lambda candidate: candidate.areas),
        Overlap("programming_languages", lambda candidate: candidate.programming_languages),
        Overlap("goals", lambda candidate: candidate.goals),
        ExperienceGap(settings.wished_gap_years),
        ZoneDistance(settings.reference_date),
    )


def kept_out(candidate: Candidate) -> str | None:
    """What keeps a candidate out of long-term matching altogether, as a code."""
    if candidate.format is MeetingFormat.AD_HOC:
        return AD_HOC_ONLY
    return None if candidate.seats else NO_SEATS


def _have_a_common_language(mentees: Sequence[Candidate], mentors: Sequence[Candidate]) -> Allowed:
    here, there = [mentee.languages for mentee in mentees], [mentor.languages for mentor in mentors]
    allowed: Allowed = count_shared(here, there) > 0
    allowed[[not languages for languages in here], :] = True
    allowed[:, [not languages for languages in there]] = True
    return allowed


def _are_two_people(mentees: Sequence[Candidate], mentors: Sequence[Candidate]) -> Allowed:
    here, there = [[mentee.person_id] for mentee in mentees], [[mentor.person_id] for mentor in mentors]
    allowed: Allowed = count_shared(here, there) == 0
    return allowed


CONSTRAINTS: Mapping[str, Callable[[Sequence[Candidate], Sequence[Candidate]], Allowed]] = {
    NO_COMMON_LANGUAGE: _have_a_common_language,
    SAME_PERSON: _are_two_people,
}
"""What a pair must satisfy, under the code that is given when it does not."""


@lru_cache(maxsize=4096)
def utc_offset(time_zone: str | None, day: date) -> float | None:
    """Hours that the zone is ahead of UTC at noon UTC of the day, daylight saving included; None without a zone."""
    if time_zone is None:
        return None
    noon = datetime.combine(day, time(12), UTC)
    return (noon.astimezone(zone(time_zone)).replace(tzinfo=UTC) - noon) / timedelta(hours=1)


def count_shared(left: Sequence[Sequence[str]], right: Sequence[Sequence[str]]) -> NDArray[np.float32]:
    """How many words each of the left has in common with each of the right: exact, as whole numbers in float32 are."""
    column = {word: at for at, word in enumerate(set().union(*left) & set().union(*right))}
    return _incidence(left, column) @ _incidence(right, column).T


def _incidence(lists: Sequence[Sequence[str]], column: Mapping[str, int]) -> NDArray[np.float32]:
    table = np.zeros((len(lists), len(column)), dtype=np.float32)
    cells = (row * len(column) + column[word] for row, words in enumerate(lists) for word in words if word in column)
    np.put(table, np.fromiter(cells, dtype=np.int64), 1)
    return table


def _numbers(stated: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array(stated, dtype=np.float64)  # None becomes NaN
