"""No mentor and mentee prefer each other to what they got: deferred acceptance with seats (Gale and Shapley 1962).

Ties are promoted (Kiraly 2011): a mentee who was refused by all asks once more, and wins
against equals who have another choice.
"""

from collections.abc import Sequence
from heapq import heappush, heappushpop
from typing import NamedTuple

import numpy as np

from services.matching.algorithm.pairs import (
    FORBIDDEN,
    Indexes,
    Numbers,
    Pairs,
    Points,
    inside,
    points_of,
    rows_and_columns,
)

FIRST_ASKED = 40
"""Mentors on a mentee's list to begin with; the others are listed once these have said no."""
POINTS = 1 << 22
PROMOTED = 1 << 21
"""A mentor compares the points of mentees, then who is promoted, then the order of their hashes."""

FAR = np.iinfo(np.int32).max

Matched = list[tuple[int, int]]
"""Mentees with mentors."""


class Preferences(NamedTuple):
    """The mentors whom a mentee asks, in this order, and how each of them ranks the mentee."""

    mentors: Indexes
    keys: Numbers
    is_complete: bool


class Blocking(NamedTuple):
    """How many pairs prefer each other to what they got, and how many of them both gain more than a margin."""

    pairs: int
    beyond_margin: int


def solve(mine: Pairs, theirs: Pairs) -> Matched:
    """Match what mentees see (`mine`) with what mentors see (`theirs`) so that no pair of all is blocking."""
    if not len(mine.wanted) or not len(mine.seats):
        return []
    courtship = _Courtship(mine, theirs)
    courtship.run()
    return sorted((mentee, mentor) for mentor, held in enumerate(courtship.held) for _, mentee in held)


class _Courtship:
    """Mentees ask; mentors hold the best who asked. `bar` is what a mentee must exceed to be held."""

    def __init__(self, mine: Pairs, theirs: Pairs) -> None:
        self.mine, self.theirs = mine, theirs
        self.seats = mine.seats.tolist()
        self.held: list[list[tuple[int, int]]] = [[] for _ in self.seats]
        self.bar: Numbers = np.where(mine.seats > 0, -1, np.iinfo(np.int64).max)
        self.lacking = mine.wanted.tolist()
        self.next_index = [0] * len(self.lacking)
        self.promoted = [False] * len(self.lacking)
        self.lists = list[Preferences]([_NO_PREFERENCES] * len(self.lacking))
        for block in mine.blocks():
            seen = block.points if theirs is mine else theirs.block(block.rows).points
            for at, row in enumerate(block.rows.tolist()):
                self.lists[row] = _preferences(row, block.columns, block.points[at], seen[at], FIRST_ASKED)

    def run(self) -> None:
        """Let mentees ask until everyone who lacks a mentor has asked everyone on the list."""
        waiting = list(range(len(self.lacking) - 1, -1, -1))
        while waiting:
            mentee = waiting.pop()
            while self.lacking[mentee] and (asked := self._next(mentee)) is not None:
                rejected = self._ask(mentee, *asked)
                if rejected is not None:
                    waiting.append(rejected)

    def _next(self, mentee: int) -> tuple[int, int] | None:
        """Find the next mentor who would hold the mentee, and how that mentor ranks the mentee."""
        while True:
            listed, start = self.lists[mentee], self.next_index[mentee]
            open_to = np.flatnonzero(listed.keys[start:] > self.bar[listed.mentors[start:]])
            if open_to.size:
                at = start + int(open_to[0])
                self.next_index[mentee] = at + 1
                return int(listed.mentors[at]), int(listed.keys[at])
            if listed.is_complete:
                if self.promoted[mentee]:
                    return None
                self.promoted[mentee] = True
            self._look_further(mentee)

    def _look_further(self, mentee: int) -> None:
        """List every mentor who would hold the mentee now: bars only rise, so no others ever will."""
        row = np.array([mentee])
        block = self.mine.block(row)
        seen = block.points if self.theirs is self.mine else self.theirs.block(row).points
        listed = _preferences(mentee, block.columns, block.points[0], seen[0], len(block.columns))
        keys = listed.keys + PROMOTED * self.promoted[mentee]
        is_held = [any(one == mentee for _, one in self.held[mentor]) for mentor in listed.mentors.tolist()]
        kept = (keys > self.bar[listed.mentors]) & ~np.array(is_held, dtype=bool)
        self.lists[mentee], self.next_index[mentee] = Preferences(listed.mentors[kept], keys[kept], True), 0

    def _ask(self, mentee: int, mentor: int, key: int) -> int | None:
        """Have the mentor hold the mentee, and reject another one if that is one too many."""
        held = self.held[mentor]
        self.lacking[mentee] -= 1
        rejected = None
        if len(held) < self.seats[mentor]:
            heappush(held, (key, mentee))
        else:
            _, rejected = heappushpop(held, (key, mentee))
            self.lacking[rejected] += 1
        if len(held) == self.seats[mentor]:
            self.bar[mentor] = held[0][0]
        return rejected


_NO_PREFERENCES = Preferences(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), True)


def _preferences(mentee: int, columns: Indexes, points: Points, seen: Points, count: int) -> Preferences:
    """List the best mentors of a mentee, and those equal to the last of them."""
    bar = np.partition(points, -count)[-count] if 0 < count < len(points) else FORBIDDEN
    best = np.flatnonzero(points >= max(int(bar), 0))
    best = best[np.argsort(-points[best], kind="stable")]
    keys = seen[best].astype(np.int64) * POINTS + (PROMOTED - 1 - mentee)
    return Preferences(columns[best], keys, bool(bar <= 0))


def blocking(mine: Pairs, theirs: Pairs, matched: Sequence[tuple[int, int]], margin: float = 0.1) -> Blocking:
    """Count the pairs, of all, who prefer each other to the least that they got, or to an empty seat."""
    rows, columns = rows_and_columns(matched)
    mine_least, theirs_least = np.full(len(mine.wanted), FAR), np.full(len(mine.seats), FAR)
    np.minimum.at(mine_least, rows, points_of(mine, rows, columns))
    np.minimum.at(theirs_least, columns, points_of(theirs, rows, columns))
    mine_least[np.bincount(rows, minlength=len(mine.wanted)) < mine.wanted] = FORBIDDEN
    theirs_least[np.bincount(columns, minlength=len(mine.seats)) < mine.seats] = FORBIDDEN
    count = beyond = 0
    for block in mine.blocks():
        seen = block.points if theirs is mine else theirs.block(block.rows).points
        here, there = mine_least[block.rows, None], theirs_least[block.columns]
        found = (block.points > here) & (seen > there)
        own_row, own_column, _ = inside(block, rows, columns)
        found[own_row, own_column] = False
        which = np.nonzero(found)
        count += len(which[0])
        more = block.points[which] - np.maximum(mine_least[block.rows[which[0]]], 0)
        seen_more = seen[which] - np.maximum(theirs_least[block.columns[which[1]]], 0)
        beyond += int((np.minimum(more, seen_more) > margin * mine.scale).sum())
    return Blocking(count, beyond)
