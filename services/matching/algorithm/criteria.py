"""What is compared between a mentee and a mentor. A new criterion is built of a class like these, in `catalog`.

A criterion turns people into two tables of whole numbers: a row per mentee and a row per mentor, with the same columns.
The product of two rows is the part of a pair in units of the program's weights, `EIGHTHS` in the mentor's row standing
for all of it. Whole numbers below 2^24 are exact in float32, so the sum is the same in any order and on any machine.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, repeat
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services.matching.algorithm.evidence import (
    NOT_RANKED_BY_MENTEE,
    NOT_RANKED_BY_MENTOR,
    RANKED_BY_MENTEE,
    RANKED_BY_MENTOR,
    Evidence,
    compared,
)
from services.matching.algorithm.pairs import inside_sorted
from services.matching.algorithm.people import Person

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
Indexes = NDArray[np.int64]

EIGHTHS = 8
HALF = EIGHTHS // 2
MOST_LEVELS = 64
"""Different numbers of the mentors that are kept apart on a scale; more are rounded."""


@dataclass(frozen=True)
class Entries:
    """Parts of single pairs, besides those of the tables: mentees, mentors and units, sorted by mentee."""

    rows: Indexes = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    columns: Indexes = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    units: Floats = field(default_factory=lambda: np.zeros(0, dtype=np.float32))

    def add_to(self, sums: Floats, rows: Indexes, columns: Indexes) -> None:
        """Add them to the sums of a block."""
        here, there, at = inside_sorted(rows, columns, self.rows, self.columns)
        np.add.at(sums, (here, there), self.units[at])


@dataclass(frozen=True)
class Features:
    """A criterion for all people: its tables, and who stated what it needs."""

    mentees: Floats
    mentors: Floats
    mentees_stated: Flags
    mentors_stated: Flags
    entries: Entries = Entries()


class Criterion(Protocol):
    """One way to compare a mentee with a mentor."""

    @property
    def code(self) -> str:
        """Its stable name in weights and reasons."""

    def features(self, mentees: Sequence[Person], mentors: Sequence[Person], units: int) -> Features:
        """The tables, in which `units` times `EIGHTHS` is the value 1."""

    def evidence(self, mentee: Person, mentor: Person) -> Evidence:
        """The facts behind the value of a pair."""


@dataclass(frozen=True)
class Wanted:
    """The share of what the mentee wants that the mentor offers. The same kind of thing counts half."""

    code: str
    wants: Callable[[Person], tuple[str, ...]]
    offers: Callable[[Person], tuple[str, ...]]
    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def features(self, mentees: Sequence[Person], mentors: Sequence[Person], units: int) -> Features:
        """A column for each word that some mentee wants and some mentor can serve, wholly or in part."""
        wanted, offered = [self.wants(one) for one in mentees], [self.offers(one) for one in mentors]
        near = self._near({word for words in wanted for word in words})
        nearly = [tuple(other for word in words for other in near.get(word, ())) for words in offered] if near else []
        served = set(chain.from_iterable(offered)).union(*nearly)
        column = {word: at for at, word in enumerate(sorted(served.intersection(chain.from_iterable(wanted))))}
        parts = chain.from_iterable(map(shares_of, repeat(units), map(len, wanted)))
        shares = table(wanted, column, np.fromiter(parts, dtype=np.float32))
        serves = table(nearly, column, HALF) if near else table([()] * len(mentors), column, 0)
        return Features(shares, np.maximum(serves, table(offered, column, EIGHTHS)), stated(wanted), stated(offered))

    def evidence(self, mentee: Person, mentor: Person) -> Evidence:
        """What both have, and what the mentee wants besides."""
        return compared(self.wants(mentee), self.offers(mentor))

    def _near(self, wanted: set[str]) -> dict[str, tuple[str, ...]]:
        """For each word of a kind, the words of the same kind that some mentee wants."""
        near = dict[str, set[str]]()
        for words in self.kinds.values():
            for word in words:
                near.setdefault(word, set()).update(wanted.intersection(words) - {word})
        return {word: tuple(sorted(others)) for word, others in near.items() if others}


@dataclass(frozen=True)
class Levels:
    """Two numbers, compared by a function of both that gives the value of each pair of them."""

    code: str
    mine: Callable[[Person], float | None]
    theirs: Callable[[Person], float | None]
    value: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
    says: Callable[[float, float], Evidence]
    wish: Callable[[Person], float] = lambda _: 0.0

    def features(self, mentees: Sequence[Person], mentors: Sequence[Person], units: int) -> Features:
        """A column for each number that mentors state."""
        mine, theirs = _numbers(map(self.mine, mentees)), _numbers(map(self.theirs, mentors))
        known = ~np.isnan(theirs)
        levels, level_of = np.unique(_coarse(theirs[known]), return_inverse=True)
        serves = np.zeros((len(mentors), len(levels)), dtype=np.float32)
        serves[np.flatnonzero(known), level_of] = EIGHTHS
        wishes = np.array([self.wish(one) for one in mentees])
        values = self.value(levels - np.nan_to_num(mine)[:, None], wishes[:, None])
        shares = np.rint(np.clip(values, 0, 1) * units).astype(np.float32)
        shares[np.isnan(mine)] = 0
        return Features(shares, serves, ~np.isnan(mine), known)

    def evidence(self, mentee: Person, mentor: Person) -> Evidence:
        """Both numbers."""
        return self.says(self.mine(mentee) or 0.0, self.theirs(mentor) or 0.0)


@dataclass(frozen=True)
class Preference:
    """How high a side ranks the other: 1 for its first tier, less for every further one, 0 for who is not ranked."""

    code: str
    of_mentees: bool

    def features(self, mentees: Sequence[Person], mentors: Sequence[Person], units: int) -> Features:
        """Single pairs; the side that is ranked needs to state nothing."""
        choosers, chosen = (mentees, mentors) if self.of_mentees else (mentors, mentees)
        column_of = {one.id: at for at, one in enumerate(chosen)}
        found = [
            (at, column_of[id], round(units * (1 - rank / len(one.prefers))) * EIGHTHS)
            for at, one in enumerate(choosers)
            for rank, tier in enumerate(one.prefers)
            for id in tier
            if id in column_of
        ]
        own, other, parts = np.array(found, dtype=np.int64).reshape(-1, 3).T
        rows, columns = (own, other) if self.of_mentees else (other, own)
        order = np.argsort(rows, kind="stable")
        entries = Entries(rows[order], columns[order], parts[order].astype(np.float32))
        ranks, anybody = stated([one.prefers for one in choosers]), np.ones(len(chosen), dtype=bool)
        sides = (ranks, anybody) if self.of_mentees else (anybody, ranks)
        return Features(_no_columns(mentees), _no_columns(mentors), sides[0], sides[1], entries)

    def evidence(self, mentee: Person, mentor: Person) -> Evidence:
        """The rank."""
        chooser, other = (mentee, mentor) if self.of_mentees else (mentor, mentee)
        rank = next((rank for rank, tier in enumerate(chooser.prefers, start=1) if other.id in tier), None)
        if rank is None:
            return Evidence(NOT_RANKED_BY_MENTEE if self.of_mentees else NOT_RANKED_BY_MENTOR)
        code = RANKED_BY_MENTEE if self.of_mentees else RANKED_BY_MENTOR
        return Evidence(code, {"rank": float(rank), "of": float(len(chooser.prefers))})


@lru_cache(maxsize=4096)
def shares_of(units: int, count: int) -> tuple[int, ...]:
    """Whole parts of `units` that differ by one at most and add up to it."""
    part, rest = divmod(units, max(count, 1))
    return tuple(part + (at < rest) for at in range(count))


def table(lists: Sequence[Sequence[str]], column: Mapping[str, int], value: Floats | int) -> Floats:
    """A row per list, with the value in the column of each word; or with one value for each word of all lists."""
    lengths = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
    found = map(column.get, chain.from_iterable(lists), repeat(-1))
    columns = np.fromiter(found, dtype=np.int64, count=int(lengths.sum()))
    rows = np.repeat(np.arange(len(lists)), lengths)
    known = columns >= 0
    cells = np.zeros((len(lists), len(column)), dtype=np.float32)
    cells[rows[known], columns[known]] = value if isinstance(value, int) else value[known]
    return cells


def stated(lists: Sequence[Sequence[object]]) -> Flags:
    """Who stated anything."""
    return np.fromiter(map(bool, lists), dtype=bool, count=len(lists))


def _no_columns(people: Sequence[Person]) -> Floats:
    return np.zeros((len(people), 0), dtype=np.float32)


def _numbers(values: Iterable[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _coarse(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """The numbers, rounded to `MOST_LEVELS` different ones if there are more."""
    if len(np.unique(numbers)) <= MOST_LEVELS:
        return numbers
    lowest, highest = numbers.min(), numbers.max()
    step = (highest - lowest) / (MOST_LEVELS - 1)
    coarse: NDArray[np.float64] = lowest + np.rint((numbers - lowest) / step) * step
    return coarse
