"""How well a mentee and a mentor fit: one whole number, the same on any machine and in any order, with its parts.

Every criterion is a product of two small tables of whole numbers, so a block of pairs is one matrix product, a few
passes over it, and a mask. Sums stay below 2^24, where float32 is exact; the one division rounds the same everywhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from services.matching.algorithm import availability, constraints
from services.matching.algorithm.both_sides import Pool
from services.matching.algorithm.catalog import criteria
from services.matching.algorithm.criteria import EIGHTHS, Criterion, Entries, Features
from services.matching.algorithm.pairs import FORBIDDEN, Block, Numbers, Places, Points, spans
from services.matching.algorithm.people import Person

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


@dataclass(frozen=True)
class Part:
    """One criterion in a pair. Without data on both sides there is no value."""

    criterion: str
    weight: float
    value: float | None
    contribution: float
    evidence: str


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
        self.least = round(self.program.constraints.minimum_score * SCALE)
        self._remembered: list[Block] | None = None
        self._narrowed: tuple[Places, Floats] = (np.zeros(0, dtype=np.int64), self.serves[:0])

    def _join(self, features: Sequence[Features]) -> None:
        """All criteria beside each other, and the single pairs of all."""
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
        """The weight of each criterion where a side stated what it needs."""
        units = [EIGHTHS * one for _, _, one in self.criteria] + [EIGHTHS * self.meeting_units]
        mine = [one.mentees_stated for one in features] + [self.meeting.mentee_codes >= 0]
        theirs = [one.mentors_stated for one in features] + [self.meeting.mentor_codes >= 0]
        self.covers: Floats = np.array(mine).T.astype(np.float32) * np.array(units, dtype=np.float32)
        self.covered: Floats = np.array(theirs).T.astype(np.float32)
        counting = np.array(units) > 0
        self.all_covered = bool(np.array(mine)[counting].all() and np.array(theirs)[counting].all())

    @cached_property
    def order(self) -> Places:
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

    def block(self, rows: Places) -> Block:
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

    def _serves(self, columns: Places) -> Floats:
        if len(columns) == len(self.mentors):
            return self.serves
        if not np.array_equal(self._narrowed[0], columns):
            self._narrowed = (columns, self.serves[columns])
        return self._narrowed[1]

    def _score(self, rows: Places, columns: Places, points: Points, tiles: Sequence[slice]) -> None:
        shares, covers, serves = self.shares[rows], self.covers[rows], self._serves(columns)
        meeting = _Meeting(self, rows)
        for tile in tiles:
            sums = shares @ serves[tile].T
            for entries in self.entries:
                _add(sums, rows, columns[tile], entries)
            too_little = meeting.add(sums, columns[tile])
            self._divide(sums, covers, columns[tile])
            np.copyto(points[:, tile], sums, casting="unsafe")
            if too_little is not None:
                np.copyto(points[:, tile], FORBIDDEN, where=too_little)
        if self.least:
            np.copyto(points, FORBIDDEN, where=points < self.least)

    def _divide(self, sums: Floats, covers: Floats, columns: Places) -> None:
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

    def _bar(self, rows: Places, columns: Places, points: Points) -> None:
        for mentees, mentors in self.barred.values():
            here, there, _ = _inside(rows, columns, mentees, mentors)
            points[here, there] = FORBIDDEN

    def parts(self, row: int, column: int) -> list[Part]:
        """What each criterion contributes to the score of a pair, which is their sum and that of the prior."""
        covered = float(self.covers[row] @ self.covered[column])
        divisor = max(covered, float(self.total) * TRUSTED_COVERAGE)
        return [self._part(at, row, column, divisor) for at in range(len(self.criteria) + bool(self.meeting_units))]

    def prior(self, row: int, column: int) -> float:
        """What the prior contributes to the score of a pair with little data."""
        missing = TRUSTED_COVERAGE - self.coverage(row, column)
        return float(PRIOR) * max(missing, 0) / TRUSTED_COVERAGE

    def checks(self) -> list[str]:
        """The constraints that every pair satisfies that is matched, by the codes of those who do not."""
        own = [constraints.TOO_LITTLE_TIME] * bool(self.program.constraints.overlap_hours)
        own += [constraints.SCORE_TOO_LOW] * bool(self.least)
        return [*(rule.code for rule in self.classes.rules), *self.barred, *own]

    def coverage(self, row: int, column: int) -> float:
        """The share of the weights that both sides have data for."""
        return float(self.covers[row] @ self.covered[column]) / float(self.total)

    def _part(self, at: int, row: int, column: int, divisor: float) -> Part:
        is_meeting = at == len(self.criteria)
        criterion, weight = ("availability", self.meeting_share) if is_meeting else self._weighted(at)
        if not (self.covers[row, at] and self.covered[column, at]):
            return Part(criterion, weight, None, 0.0, "")
        units, evidence = self._meet(row, column) if is_meeting else self._compare(at, row, column)
        return Part(criterion, weight, units / float(self.covers[row, at]), units / divisor, evidence)

    def _weighted(self, at: int) -> tuple[str, float]:
        return self.criteria[at][0].code, self.criteria[at][1]

    def _meet(self, row: int, column: int) -> tuple[float, str]:
        sums = np.zeros((1, 1), dtype=np.float32)
        _Meeting(self, np.array([row])).add(sums, np.array([column]))
        starts, ends = self.program.starts, self.program.ends
        hours = availability.hours_shared(self.mentees[row], self.mentors[column], starts, ends)
        return float(sums[0, 0]), f"{hours:g} hours a week in common"

    def _compare(self, at: int, row: int, column: int) -> tuple[float, str]:
        inside = slice(self.ends[at], self.ends[at + 1])
        units = self.shares[row : row + 1, inside] @ self.serves[column : column + 1, inside].T
        _add(units, np.array([row]), np.array([column]), self.entries[at])
        return float(units[0, 0]), self.criteria[at][0].evidence(self.mentees[row], self.mentors[column])

    def forbidding(self, row: int | None, column: int | None) -> dict[str, int]:
        """How many of the other side each constraint forbids to one person, either a mentee or a mentor."""
        rows = np.arange(len(self.mentees)) if row is None else np.array([row])
        columns = np.arange(len(self.mentors)) if column is None else np.array([column])
        counts = {
            rule.code: int((~rule.allows(self.classes.of_mentees[rows])[:, self.classes.of_mentors[columns]]).sum())
            for rule in self.classes.rules
        }
        counts |= {code: len(_inside(rows, columns, *pairs)[0]) for code, pairs in self.barred.items()}
        sums = np.zeros((len(rows), len(columns)), dtype=np.float32)
        too_little = _Meeting(self, rows).add(sums, columns)
        counts[constraints.TOO_LITTLE_TIME] = 0 if too_little is None else int(too_little.sum())
        found = {code: count for code, count in counts.items() if count}
        return found or {constraints.SCORE_TOO_LOW: len(rows) * len(columns)}


class _Meeting:
    """The availability of some mentees, each pattern of them compared once."""

    def __init__(self, pairs: ScoredPairs, rows: Places) -> None:
        meeting, program = pairs.meeting, pairs.program
        self.needed = program.constraints.overlap_hours * 4
        self.units = np.float32(EIGHTHS * pairs.meeting_units)
        self.counts = bool(pairs.meeting_units or self.needed)
        self.mentor_codes = meeting.mentor_codes
        if not self.counts:
            return
        some, pattern_of = np.unique(meeting.mentee_codes[rows], return_inverse=True)
        quarters = np.full((len(some), meeting.offered[0].shape[0] + 1), np.inf, dtype=np.float32)
        quarters[some >= 0, :-1] = meeting.quarters(some[some >= 0])
        shares = np.minimum(quarters / np.float32(program.enough_hours * 4), 1)
        self.worth = np.where(np.isinf(quarters), 0, np.rint(shares * self.units)).astype(np.float32)[pattern_of]
        self.too_little = (quarters < self.needed)[pattern_of]

    def add(self, sums: Floats, columns: Places) -> Flags | None:
        """Add what it contributes; which pairs have too little time, if any can."""
        if not self.counts:
            return None
        codes = self.mentor_codes[columns]  # -1 is the last column: no data
        if self.units:
            sums += np.take(self.worth, codes, axis=1, mode="wrap")
        if not self.needed:
            return None
        too_little: Flags = np.take(self.too_little, codes, axis=1, mode="wrap")
        return too_little


def _add(sums: Floats, rows: Places, columns: Places, entries: Entries) -> None:
    here, there, at = _inside(rows, columns, entries.rows, entries.columns)
    np.add.at(sums, (here, there), entries.units[at])


def _inside(rows: Places, columns: Places, of_rows: Places, of_columns: Places) -> tuple[Places, Places, Places]:
    """Which of some single pairs, sorted by row, are in a block: their rows and columns in it, and which they are."""
    if not of_rows.size:
        return of_rows, of_rows, of_rows
    starts, ends = np.searchsorted(of_rows, rows), np.searchsorted(of_rows, rows, side="right")
    at = spans(starts, ends)
    there = np.minimum(np.searchsorted(columns, of_columns[at]), len(columns) - 1)
    known = columns[there] == of_columns[at] if len(columns) else np.zeros(0, dtype=bool)
    here = np.repeat(np.arange(len(rows)), ends - starts)
    return here[known], there[known], at[known]


def _capacities(people: Sequence[Person], others: int) -> Numbers:
    """No one can have more partners than there are."""
    return np.array([min(one.capacity, others) for one in people], dtype=np.int64)
