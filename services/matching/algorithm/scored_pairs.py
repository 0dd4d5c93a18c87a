"""How well a mentee and a mentor fit: one whole number, the same on any machine and in any order.

Every criterion is a product of two small tables of whole numbers, so a block of pairs is one matrix product, a few
passes over it, and a mask. Sums stay below 2^24, where float32 is exact; the one division rounds the same everywhere.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from services.matching.algorithm import availability, constraints
from services.matching.algorithm.both_sides import Pool
from services.matching.algorithm.catalog import criteria
from services.matching.algorithm.criteria import EIGHTHS, Criterion, Features
from services.matching.algorithm.meeting_times import MeetingTimes
from services.matching.algorithm.pairs import (
    FORBIDDEN,
    Block,
    Indexes,
    Numbers,
    Points,
    firsts,
    inside_sorted,
)
from services.matching.algorithm.people import Person, having

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

SCALE = 1_000_000
WHOLE = 1 << 20
"""The units of all weights together: times `EIGHTHS`, their sum stays below 2^24."""
PRIOR = np.float32(0.5)
"""The score of a pair that nothing is known about."""
TRUSTED_COVERAGE = 0.5
"""The share of the weights from which a score stands for itself; with less it shrinks towards the prior."""
TILE = 1 << 20
"""Pairs at once: their numbers stay in the cache of a core."""
ROWS_AT_ONCE = (64, 1 << 18, 1 << 23)
"""Mentees in a block at least; and pairs of it at least and at most, as far as that leaves so many mentees."""
REMEMBERED = 1 << 22
"""Pairs of a problem that is so small that they are computed once: four bytes each."""
NARROW = 0.7
"""A block whose mentees may have fewer of all mentors than this is computed for these only."""


class ScoredPairs:
    """The pairs of a pool, in the order of its open mentees and mentors; see `Pairs`."""

    scale = SCALE

    def __init__(self, pool: Pool) -> None:
        self.mentees, self.mentors, self.program = pool.open_mentees, pool.open_mentors, pool.program
        weighted = criteria(self.program)
        meeting = self.program.weights.get("availability", 0.0)
        total = sum(weight for _, weight in weighted) + meeting
        self.criteria: list[tuple[Criterion, float, int]] = [
            (one, weight / total, round(WHOLE * weight / total)) for one, weight in weighted
        ]
        self.meeting_share, self.meeting_units = meeting / total, round(WHOLE * meeting / total)
        self.total = np.float32(EIGHTHS * (sum(units for _, _, units in self.criteria) + self.meeting_units))
        features = [one.features(self.mentees, self.mentors, units) for one, _, units in self.criteria]
        self._join(features)
        starts, ends = self.program.starts, self.program.ends
        self.meeting = availability.compare(self.mentees, self.mentors, starts, ends)
        self._cover(features)
        self.classes = constraints.Classes(self.mentees, self.mentors, self.program.constraints)
        self.barred = constraints.barred(self.mentees, self.mentors, self.program.constraints)
        self.wanted = _capacities(self.mentees, len(self.mentors))
        self.seats = _capacities(self.mentors, len(self.mentees))
        self.alone, self.idle = firsts(self.wanted, having(self.mentees)), firsts(self.seats, having(self.mentors))
        self.least = round(self.program.constraints.minimum_score * SCALE)
        self._remembered: list[Block] | None = None
        self._narrowed: tuple[Indexes, Floats] = (np.zeros(0, dtype=np.int64), self.serves[:0])

    def _join(self, features: Sequence[Features]) -> None:
        """Put all criteria beside each other, and the single pairs of all."""
        widths = [one.mentees.shape[1] for one in features]
        self.ends = np.cumsum([0, *widths])
        self.shares = np.hstack(
            [np.zeros((len(self.mentees), 0), dtype=np.float32), *(one.mentees for one in features)]
        )
        self.serves = np.hstack(
            [np.zeros((len(self.mentors), 0), dtype=np.float32), *(one.mentors for one in features)]
        )
        self.entries = [one.entries for one in features]

    def _cover(self, features: Sequence[Features]) -> None:
        """Keep the weight of each criterion where a side stated what it needs."""
        units = [EIGHTHS * one for _, _, one in self.criteria] + [EIGHTHS * self.meeting_units]
        mine = [one.mentees_stated for one in features] + [self.meeting.mentee_codes >= 0]
        theirs = [one.mentors_stated for one in features] + [self.meeting.mentor_codes >= 0]
        self.covers: Floats = np.array(mine).T.astype(np.float32) * np.array(units, dtype=np.float32)
        self.covered: Floats = np.array(theirs).T.astype(np.float32)
        counting = np.array(units) > 0
        self.all_covered = bool(np.array(mine)[counting].all() and np.array(theirs)[counting].all())

    @cached_property
    def order(self) -> Indexes:
        """Mentees, those of a class beside each other."""
        return np.argsort(self.classes.of_mentees, kind="stable")

    def blocks(self) -> Iterator[Block]:
        """See `Pairs.blocks`."""
        if len(self.mentees) * len(self.mentors) > REMEMBERED:
            return self._compute()
        if self._remembered is None:
            self._remembered = list(self._compute())
        return iter(self._remembered)

    def _compute(self) -> Iterator[Block]:
        fewest, few, many = ROWS_AT_ONCE
        least, longest = (max(fewest, pairs // max(1, len(self.mentors))) for pairs in (few, many))
        changes = np.flatnonzero(np.diff(self.classes.of_mentees[self.order])) + 1
        start = 0
        for end in (*changes.tolist(), len(self.order)):
            if end - start < least and end < len(self.order):
                continue
            for at in range(start, end, longest):
                yield self.block(self.order[at : min(at + longest, end)])
            start = end

    def block(self, rows: Indexes) -> Block:
        """See `Pairs.block`."""
        some, class_of = np.unique(self.classes.of_mentees[rows], return_inverse=True)
        allowed = self.classes.allows(some)
        possible: Flags = np.logical_or.reduce(allowed, axis=0)
        columns = np.flatnonzero(possible[self.classes.of_mentors])
        is_narrow = len(columns) <= NARROW * len(self.mentors)
        if not is_narrow:
            columns = np.arange(len(self.mentors))
        points = np.empty((len(rows), len(columns)), dtype=np.int32)
        width = max(1, TILE // max(1, len(rows)))
        tiles = [slice(start, start + width) for start in range(0, len(columns), width)]
        self._score(rows, columns, points, tiles)
        if not (is_narrow and allowed[:, possible].all()):
            forbidden = ~allowed[class_of]
            for tile in tiles:
                classes = self.classes.of_mentors[columns[tile]]
                np.copyto(points[:, tile], FORBIDDEN, where=np.take(forbidden, classes, axis=1, mode="clip"))
        self._bar(rows, columns, points)
        return Block(rows, columns, points)

    def _serves(self, columns: Indexes) -> Floats:
        if len(columns) == len(self.mentors):
            return self.serves
        if not np.array_equal(self._narrowed[0], columns):
            self._narrowed = (columns, self.serves[columns])
        return self._narrowed[1]

    def _score(self, rows: Indexes, columns: Indexes, points: Points, tiles: Sequence[slice]) -> None:
        shares, covers, serves = self.shares[rows], self.covers[rows], self._serves(columns)
        meeting = self.meeting_times(rows)
        for tile in tiles:
            sums = shares @ serves[tile].T
            for entries in self.entries:
                entries.add_to(sums, rows, columns[tile])
            too_little = meeting.add(sums, columns[tile])
            self._divide(sums, covers, columns[tile])
            np.copyto(points[:, tile], sums, casting="unsafe")
            if too_little is not None:
                np.copyto(points[:, tile], FORBIDDEN, where=too_little)
        if self.least:
            np.copyto(points, FORBIDDEN, where=points < self.least)

    def _divide(self, sums: Floats, covers: Floats, columns: Indexes) -> None:
        """Make scores of sums, by the weights that there is data for; the prior fills what is missing to be trusted."""
        if self.all_covered:
            sums /= self.total
        else:
            covered = covers @ self.covered[columns].T
            divisor = np.maximum(covered, self.total * np.float32(TRUSTED_COVERAGE))
            np.subtract(divisor, covered, out=covered)
            covered *= PRIOR
            sums += covered
            sums /= divisor
        sums *= np.float32(SCALE)
        np.rint(sums, out=sums)

    def _bar(self, rows: Indexes, columns: Indexes, points: Points) -> None:
        for mentees, mentors in self.barred.values():
            here, there, _ = inside_sorted(rows, columns, mentees, mentors)
            points[here, there] = FORBIDDEN

    def meeting_times(self, rows: Indexes) -> MeetingTimes:
        """Prepare the availability of some mentees to be added to their scores."""
        return MeetingTimes(self.meeting, self.program, self.meeting_units, rows)


def _capacities(people: Sequence[Person], others: int) -> Numbers:
    """Cap capacities: nobody can have more partners than there are."""
    return np.array([min(one.capacity, others) for one in people], dtype=np.int64)
