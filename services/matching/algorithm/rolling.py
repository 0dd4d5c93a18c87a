"""A matching that follows people as they come and go, and is always as good as solving again.

Prices are kept, so that an arrival or a departure is one search for a shortest path among reduced costs (Jonker and
Volgenant 1987), which looks at few people. Mentees have one mentor each here.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.matching.algorithm.optimal import Optimal
from services.matching.algorithm.pairs import FORBIDDEN, Numbers, Pairs
from services.matching.algorithm.worth import worth

NOBODY = -1
FAR = np.int64(1) << 60


@dataclass
class Rolling:
    """The state: `mentor_of` each mentee, `holders` of each mentor's seats, and the prices that prove it best.

    A pair counts `base` beside its worth, so much that one more pair is always worth more than better ones.
    """

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

    def arrive(self, mentee: int) -> int:
        """Match who comes, if need be by moving others; how many moved."""
        self.is_here[mentee] = True
        path = _Arrival(self, mentee)
        self.gains[mentee] = path.search()
        return path.move()

    def leave(self, mentee: int) -> int:
        """Give the seat of who leaves to the others; how many moved."""
        mentor = int(self.mentor_of[mentee])
        self.is_here[mentee], self.mentor_of[mentee], self.gains[mentee] = False, NOBODY, 0
        if mentor == NOBODY:
            return 0
        self.holders[mentor].discard(mentee)
        return self._fill(mentor)

    def accept(self, mentee: int) -> None:
        """The match of the mentee stays: both the mentee and the seat leave the problem."""
        mentor = int(self.mentor_of[mentee])
        self.holders[mentor].discard(mentee)
        self.seats[mentor] -= 1
        self.is_here[mentee], self.mentor_of[mentee], self.gains[mentee] = False, NOBODY, 0

    def add_seat(self, mentor: int) -> int:
        """A mentor can take one more; how many moved."""
        self.seats[mentor] += 1
        return self._fill(mentor)

    def remove_seat(self, mentor: int) -> int:
        """A mentor can take one less; how many moved."""
        if not self.seats[mentor]:
            raise ValueError(f"mentor {mentor} has no seat that could be taken away")
        self.seats[mentor] -= 1
        if len(self.holders[mentor]) <= self.seats[mentor]:
            return 0
        mentee = min(self.holders[mentor])
        self.holders[mentor].discard(mentee)
        self.mentor_of[mentee] = NOBODY
        return self.arrive(mentee)

    def values(self, mentee: int) -> Numbers:
        """What each mentor is worth to a mentee beyond the price, far below 0 where there is no such pair."""
        points = self.points[mentee].astype(np.int64)
        return np.where(points == FORBIDDEN, -FAR, points + self.base - self.prices)

    def slack(self, mentor: int) -> Numbers:
        """How much each mentee who is here prefers the own lot to this mentor."""
        points = self.points[:, mentor].astype(np.int64)
        slack = self.gains + self.prices[mentor] - points - self.base
        return np.where(self.is_here & (points != FORBIDDEN), slack, FAR)

    def _fill(self, mentor: int) -> int:
        if not self.prices[mentor]:
            return 0
        path = _Vacancy(self, mentor)
        path.search()
        return path.move()


class _Arrival:
    """The cheapest way to a free seat, or to somebody who does without, for who comes."""

    def __init__(self, state: Rolling, mentee: int) -> None:
        self.state, self.mentee = state, mentee
        self.distance = np.full(len(state.seats), FAR)
        self.through = np.full(len(state.seats), NOBODY)
        self.end, self.loser = NOBODY, mentee

    def search(self) -> int:
        """Settle the prices; what the mentee gains."""
        state = self.state
        gain = max(int(state.values(self.mentee).max(initial=0)), 0)
        scanned, cost = list[int](), gain
        open_ = np.ones(len(self.distance), dtype=bool)
        self._relax(self.mentee, gain, 0)
        while open_.any():
            mentor = int(np.where(open_, self.distance, FAR).argmin())
            here = int(self.distance[mentor])
            if here >= cost:
                break
            if len(state.holders[mentor]) < state.seats[mentor]:
                cost, self.end, self.loser = here, mentor, NOBODY
                break
            open_[mentor] = False
            scanned.append(mentor)
            for holder in sorted(state.holders[mentor]):
                if here + state.gains[holder] < cost:
                    cost, self.end, self.loser = here + int(state.gains[holder]), mentor, holder
                self._relax(holder, int(state.gains[holder]), here)
        for mentor in scanned:
            drop = cost - int(self.distance[mentor])
            state.prices[mentor] += drop
            state.gains[list(state.holders[mentor])] -= drop
        return gain - cost

    def _relax(self, mentee: int, gain: int, here: int) -> None:
        reached = here + gain - self.state.values(mentee)
        nearer = reached < self.distance
        self.distance[nearer], self.through[nearer] = reached[nearer], mentee

    def move(self) -> int:
        """Go the way back, everybody to the next seat; how many moved beside who comes."""
        if self.loser == self.mentee:
            return 0
        state, mentor, moved = self.state, self.end, 0
        if self.loser != NOBODY:
            state.holders[mentor].discard(self.loser)
            state.mentor_of[self.loser] = NOBODY
            moved = 1
        while True:
            mentee = int(self.through[mentor])
            before = int(state.mentor_of[mentee])
            state.mentor_of[mentee] = mentor
            state.holders[mentor].add(mentee)
            if mentee == self.mentee:
                return moved
            moved += 1
            state.holders[before].discard(mentee)
            mentor = before


class _Vacancy:
    """The best use of a seat that is free: for somebody without, or for who leaves another seat, or for nobody."""

    def __init__(self, state: Rolling, mentor: int) -> None:
        self.state, self.mentor = state, mentor
        self.distance = np.full(len(state.gains), FAR)
        self.to = np.full(len(state.gains), NOBODY)
        self.leaver: dict[int, int] = {}
        self.end, self.waiting = mentor, NOBODY

    def search(self) -> None:
        """Settle the prices."""
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
        """Everybody could come to this mentor; who is there shares the fall of the price."""
        reached = np.minimum(here + self.state.slack(mentor), FAR)
        nearer = reached < self.distance
        self.distance[nearer], self.to[nearer] = reached[nearer], mentor
        own = list(self.state.holders[mentor])
        self.distance[own] = np.minimum(self.distance[own], here)

    def move(self) -> int:
        """Everybody on the way to the next seat; how many moved or came in."""
        state, moved = self.state, 0
        mentee = self.waiting if self.waiting != NOBODY else self.leaver.get(self.end, NOBODY)
        while mentee != NOBODY:
            before, mentor = int(state.mentor_of[mentee]), int(self.to[mentee])
            if before != NOBODY:
                state.holders[before].discard(mentee)
            state.mentor_of[mentee] = mentor
            state.holders[mentor].add(mentee)
            moved += 1
            mentee = self.leaver.get(mentor, NOBODY)
        return moved


def start(pairs: Pairs, found: Optimal) -> Rolling:
    """Go on from a matching that was solved; raises ValueError if a mentee wants more than one mentor.

    All points are kept, in four bytes each.
    """
    if (pairs.wanted > 1).any():
        raise ValueError("rolling takes mentees who want one mentor: solve again for those who want more")
    points = np.full((len(pairs.wanted), len(pairs.seats)), FORBIDDEN, dtype=np.int32)
    for block in pairs.blocks():
        counted = worth(block.points, found.proof.total, pairs.scale)
        points[np.ix_(block.rows, block.columns)] = np.where(block.points == FORBIDDEN, FORBIDDEN, counted)
    prices, cut = found.proof.prices, found.proof.limits[0].cut
    base = max(int(points.max(initial=0)) * (min(points.shape) + 1), prices.base) + 1
    lift = base - prices.base
    state = Rolling(
        points=points,
        base=base,
        seats=pairs.seats.copy(),
        mentor_of=np.full(len(pairs.wanted), NOBODY, dtype=np.int64),
        gains=prices.gains + lift * ~cut.mentees,
        prices=prices.prices + lift * cut.mentors,
        is_here=pairs.wanted > 0,
        holders=[set() for _ in range(len(pairs.seats))],
    )
    for mentee, mentor in zip(found.matched.rows.tolist(), found.matched.columns.tolist(), strict=True):
        state.mentor_of[mentee] = mentor
        state.holders[mentor].add(mentee)
        state.gains[mentee] = int(points[mentee, mentor]) + base - int(state.prices[mentor])
    return state
