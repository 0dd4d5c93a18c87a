"""People as they are compared, cleaned once, so that everything after can compare without a thought."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints, WrapValidator
from pydantic.dataclasses import dataclass

from services.matching.algorithm.evidence import Spelled
from shared.clock import zone

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
SLOT = re.compile(r"([a-z]{3})[a-z]*(?:\s*-\s*([a-z]{3})[a-z]*)?\s+(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Fold a word to one spelling, whatever its case, width, blanks and encoding of accents (NFKC, case folded).

    How it was written is kept for whoever reads it.
    """
    written = unicodedata.normalize("NFKC", text)
    folded = " ".join(unicodedata.normalize("NFKC", written.casefold()).split())
    spelling = " ".join(written.split())
    return folded if folded == spelling else Spelled(folded, spelling)


def _fold_once(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in dict.fromkeys(map(fold, words)) if word)


def _fold_sorted(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(_fold_once(words)))


def _once(folded: Callable[[Any], object]) -> WrapValidator:  # a word, or several
    """Read words, unless they were read before: these know how they were written."""

    def validate(words: object, read: Callable[[object], object]) -> object:
        some = words if isinstance(words, tuple) else (words,)
        return words if any(isinstance(one, Spelled) for one in some) else folded(read(words))

    return WrapValidator(validate)


def _existing_zone(name: str) -> str:
    return zone(name).key


@lru_cache(maxsize=65536)
def slots(text: str) -> tuple[tuple[int, int], ...]:
    """Read `Tue 18:00-20:00` or `Mon-Fri 09:00-12:30` as minutes since the start of Monday; raises ValueError."""
    found = SLOT.fullmatch(text.strip().lower())
    if not found or found[1] not in DAYS or (found[2] or found[1]) not in DAYS:
        raise ValueError(f"{text!r} is no weekly time: write it as Tue 18:00-20:00 or Mon-Fri 09:00-12:30")
    start, end = int(found[3]) * 60 + int(found[4]), int(found[5]) * 60 + int(found[6])
    if max(int(found[4]), int(found[6])) > 59 or end > DAY_MINUTES:
        raise ValueError(f"{text!r} has a time that no day has: a day goes from 00:00 to 24:00")
    if start >= end:
        raise ValueError(f"{text!r} ends before it starts: give a time over midnight as one on either day")
    first, last = DAYS.index(found[1]), DAYS.index(found[2] or found[1])
    if last < first:
        raise ValueError(f"{text!r} has its days in the wrong order: a week goes from Mon to Sun")
    return tuple((day * DAY_MINUTES + start, day * DAY_MINUTES + end) for day in range(first, last + 1))


def _weekly(texts: object) -> object:
    if isinstance(texts, tuple) and all(isinstance(one, tuple) for one in texts):
        return texts  # read before
    if not isinstance(texts, list | tuple) or not all(isinstance(one, str) for one in texts):
        raise ValueError("must be a list of weekly times: write each as Tue 18:00-20:00 or Mon-Fri 09:00-12:30")
    return tuple(sorted({slot for text in texts for slot in slots(text)}))


def _tiers(ranked: object) -> object:
    """A list of ids, best first, in which a nested list is a tie, as tiers."""
    if not isinstance(ranked, list | tuple):
        return ranked
    return [list(one) if isinstance(one, list | tuple) else [one] for one in ranked]


Id = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Word = Annotated[str, StringConstraints(max_length=200), _once(fold)]
Words = Annotated[tuple[str, ...], _once(_fold_sorted)]
OrderedWords = Annotated[tuple[str, ...], _once(_fold_once)]
Amount = Annotated[float, Field(allow_inf_nan=False, strict=True)]
Capacity = Annotated[int, Field(ge=0, le=10_000, strict=True)]
Weekly = Annotated[tuple[tuple[int, int], ...], BeforeValidator(_weekly)]
Ranking = Annotated[tuple[tuple[Id, ...], ...], BeforeValidator(_tiers)]
Answer = Amount | Annotated[Words, Field(strict=False)] | Word


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Person:
    """Somebody on one side. What was not stated is None or empty: no data, never a zero.

    `capacity` is how many of the other side are looked for; whoever `has_somebody` looks for more, and comes after
    those who have nobody.

    `skills`, `goals`, `interests` and `roles` are offered, supported, had and held by a mentor, and wanted, pursued,
    had and wished by a mentee. `languages` begin with the preferred one. `years` are of experience; `wished_gap_years`
    is how many more a mentee wishes the mentor to have. `availability` is weekly, in `time_zone`. `managers` are person
    ids, the nearest first. `prefers` are tiers of ids of the other side, the best first. `groups` are for the fairness
    report only, and compared by nothing.
    """

    id: Id
    capacity: Capacity = 1
    person: Id | None = None
    name: str | None = None
    organization: Word | None = None
    is_eligible: bool = True
    has_somebody: bool = False
    skills: Words = ()
    goals: Words = ()
    interests: Words = ()
    roles: Words = ()
    industry: Word | None = None
    years: Annotated[Amount, Field(ge=0, le=100)] | None = None
    wished_gap_years: Annotated[Amount, Field(ge=-50, le=50)] | None = None
    languages: OrderedWords = ()
    place: Word | None = None
    region: Word | None = None
    is_remote: bool | None = None
    time_zone: Annotated[str, AfterValidator(_existing_zone)] | None = None
    availability: Weekly = ()
    style: Word | None = None
    managers: tuple[Id, ...] = ()
    prefers: Ranking = ()
    excludes: tuple[Id, ...] = ()
    answers: dict[str, Answer] = Field(default_factory=dict)
    groups: dict[str, str] = Field(default_factory=dict)

    @property
    def human(self) -> str:
        """The person behind it, who may take part on both sides."""
        return self.person or self.id


def having(people: Sequence[Person]) -> tuple[int, ...]:
    """List where those are who have somebody already."""
    return tuple(at for at, one in enumerate(people) if one.has_somebody)
