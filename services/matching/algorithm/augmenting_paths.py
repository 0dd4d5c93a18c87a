"""Shortest paths along which an assignment of mentees to seats changes when somebody comes or a seat is free."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.matching.algorithm.objective import Total
from services.matching.algorithm.pairs import FAR, FORBIDDEN, Indexes, Numbers, Pairs

NOBODY = -1


@dataclass
class Assignment:
    """`mentor_of` each mentee, `holders` of each mentor's seats, and the prices that prove that nothing is better.

    `points` are what each pair counts for, with a row for each mentee. Each pair counts `base` besides: so much that
    one more pair is always worth more than better ones.
    """

    pairs: Pairs
    total_counts: Total
    points: NDArray[np.int32]
    base: int
    seats: Numbers
    mentor_of: Numbers
    gains: Numbers
    prices: Numbers
    is_here: NDArray[np.bool_]
    holders: list[set[int]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many are matched."""
        return int((self.mentor_of != NOBODY).sum())

    @property
    def total(self) -> int:
        """The worth of all matches."""
        matched = np.flatnonzero(self.mentor_of != NOBODY)
        return int(self.points[matched, self.mentor_of[matched]].sum(dtype=np.int64))


class Arrival:
    """The cheapest way for a newcomer to a seat: a free one, or that of somebody who then goes without."""

    def __init__(self, state: Assignment, mentee: int) -> None:
        self.state, self.mentee = state, mentee
        self.costs = state.prices - state.base
        self.distance = np.full(len(state.seats), FAR)
        self.through = np.full(len(state.seats), NOBODY)
        self.end, self.displaced = NOBODY, mentee

    def search(self) -> int:
        """Find the way and adjust the prices along it; returns what the mentee gains."""
        state = self.state
        self._relax(self.mentee, 0)
        gain = max(-int(self.distance.min(initial=0)), 0)
        self.distance += gain
        scanned, cost = list[int](), gain
        open_distance = self.distance.copy()
        while open_distance.size:
            mentor = int(open_distance.argmin())
            here = int(open_distance[mentor])
            if here >= cost:
                break
            if len(state.holders[mentor]) < state.seats[mentor]:
                cost, self.end, self.displaced = here, mentor, NOBODY
                break
            scanned.append(mentor)
            for holder in sorted(state.holders[mentor]):
                gain_there = int(state.gains[holder])
                if here + gain_there < cost:
                    cost, self.end, self.displaced = here + gain_there, mentor, holder
                nearer = self._relax(holder, here + gain_there)
                open_distance[nearer] = self.distance[nearer]
            open_distance[mentor] = FAR
        for mentor in scanned:
            drop = cost - int(self.distance[mentor])
            state.prices[mentor] += drop
            state.gains[list(state.holders[mentor])] -= drop
        return gain - cost

    def _relax(self, mentee: int, start: int) -> Indexes:
        """Shorten the ways to mentors that lead through this mentee; returns those mentors."""
        row = self.state.points[mentee]
        reached = self.costs - row
        reached += start
        nearer = np.flatnonzero((reached < self.distance) & (row != FORBIDDEN))
        self.distance[nearer], self.through[nearer] = reached[nearer], mentee
        return nearer

    def move(self) -> None:
        """Move everybody along the way, from its end, to the next seat."""
        if self.displaced == self.mentee:
            return
        state, mentor, mentee = self.state, self.end, NOBODY
        if self.displaced != NOBODY:
            state.holders[mentor].discard(self.displaced)
            state.mentor_of[self.displaced] = NOBODY
        while mentee != self.mentee:
            mentee = int(self.through[mentor])
            before = int(state.mentor_of[mentee])
            if before != NOBODY:
                state.holders[before].discard(mentee)
            state.mentor_of[mentee] = mentor
            state.holders[mentor].add(mentee)
            mentor = before


class Vacancy:
    """The best use of a free seat: for somebody without one, for somebody who leaves another seat, or for nobody."""

    def __init__(self, state: Assignment, mentor: int) -> None:
        self.state, self.mentor = state, mentor
        self.distance = np.full(len(state.gains), FAR)
        self.to = np.full(len(state.gains), NOBODY)
        self.leaver: dict[int, int] = {}
        self.end, self.waiting = mentor, NOBODY

    def search(self) -> None:
        """Find the way and adjust the prices along it."""
        state, cost, reached = self.state, int(self.state.prices[self.mentor]), {self.mentor: 0}
        open_ = state.is_here.copy()
        self._relax(self.mentor, 0)
        while open_.any():
            mentee = int(np.where(open_, self.distance, FAR).argmin())
            here, mentor = int(self.distance[mentee]), int(state.mentor_of[mentee])
            if here >= cost:
                break
            open_[mentee] = False
            if mentor == NOBODY:
                cost, self.waiting = here, mentee
                break
            if mentor in reached:
                continue
            reached[mentor], self.leaver[mentor] = here, mentee
            if here + int(state.prices[mentor]) < cost:
                cost, self.end = here + int(state.prices[mentor]), mentor
            self._relax(mentor, here)
        for mentor, here in reached.items():
            state.prices[mentor] -= max(cost - here, 0)
        nearer = self.distance < cost
        state.gains[nearer] += cost - self.distance[nearer]

    def _relax(self, mentor: int, here: int) -> None:
        """Shorten the ways to mentees that lead through this mentor, whose own mentees share the fall of the price."""
        state, column = self.state, self.state.points[:, mentor]
        reached = state.gains - column
        reached += here + state.prices[mentor] - state.base
        nearer = np.flatnonzero((reached < self.distance) & (column != FORBIDDEN) & state.is_here)
        self.distance[nearer], self.to[nearer] = reached[nearer], mentor
        holders = list(self.state.holders[mentor])
        self.distance[holders] = np.minimum(self.distance[holders], here)

    def move(self) -> None:
        """Move everybody along the way to the next seat."""
        state = self.state
        mentee = self.waiting if self.waiting != NOBODY else self.leaver.get(self.end, NOBODY)
        while mentee != NOBODY:
            before, mentor = int(state.mentor_of[mentee]), int(self.to[mentee])
            if before != NOBODY:
                state.holders[before].discard(mentee)
            state.mentor_of[mentee] = mentor
            state.holders[mentor].add(mentee)
            mentee = self.leaver.get(mentor, NOBODY)
