"""The best matching of those who are here, kept the best while people come and go.

Prices are kept, so that an arrival or a departure is one search for a shortest path among reduced costs (Jonker and
Volgenant 1987), which looks at few people. Mentees have one mentor each here, and are scored when they come.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.matching.algorithm.objective import Total, worth
from services.matching.algorithm.optimal import Optimal
from services.matching.algorithm.pairs import FAR, FORBIDDEN, Numbers, Pairs, Places

NOBODY = -1
SCORED_AT_ONCE = 256
"""Mentees whose pairs are looked up together."""


@dataclass
class Best:
    """`mentor_of` each mentee, `holders` of each mentor's seats, and the prices that prove that nothing is better.

    `points` are what each pair counts for, in a row for each mentee. A pair counts `base` beside it, so much that one
    more pair is always worth more than better ones.
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

    def arrive(self, mentee: int) -> None:
        """Score and match who comes, if need be by moving others."""
        self.score(np.array([mentee]))
        self._place(mentee)

    def leave(self, mentee: int) -> None:
        """Give the seat of who leaves to the others."""
        mentor = int(self.mentor_of[mentee])
        self._forget(mentee)
        if mentor != NOBODY:
            self._fill(mentor)

    def settle(self, mentee: int, mentor: int) -> None:
        """These two are a pair for good: the mentee and a seat of the mentor leave the problem."""
        if self.mentor_of[mentee] == mentor:
            self._forget(mentee)
            self.seats[mentor] -= 1
        else:
            self.leave(mentee)
            self.remove_seat(mentor)

    def add_seat(self, mentor: int) -> None:
        """A mentor can take one more."""
        self.seats[mentor] += 1
        self._fill(mentor)

    def remove_seat(self, mentor: int) -> None:
        """A mentor can take one less; raises ValueError if there is no seat left."""
        if not self.seats[mentor]:
            raise ValueError(f"mentor {mentor} has no seat that could be taken away")
        self.seats[mentor] -= 1
        if len(self.holders[mentor]) > self.seats[mentor]:
            mentee = min(self.holders[mentor])
            self.holders[mentor].discard(mentee)
            self.mentor_of[mentee] = NOBODY
            self._place(mentee)

    def score(self, mentees: Places) -> None:
        """Look up what the pairs of some mentees count for."""
        for rows in np.array_split(mentees, len(mentees) // SCORED_AT_ONCE + 1):
            block = self.pairs.block(rows)
            counted = worth(block.points, self.total_counts, self.pairs.scale)
            self.points[rows] = FORBIDDEN
            self.points[np.ix_(rows, block.columns)] = np.where(block.points == FORBIDDEN, FORBIDDEN, counted)

    def _place(self, mentee: int) -> None:
        self.is_here[mentee] = True
        path = _Arrival(self, mentee)
        self.gains[mentee] = path.search()
        path.move()

    def _forget(self, mentee: int) -> None:
        if self.mentor_of[mentee] != NOBODY:
            self.holders[int(self.mentor_of[mentee])].discard(mentee)
        self.is_here[mentee], self.mentor_of[mentee], self.gains[mentee] = False, NOBODY, 0

    def _fill(self, mentor: int) -> None:
        if self.prices[mentor]:
            path = _Vacancy(self, mentor)
            path.search()
            path.move()


class _Arrival:
    """The cheapest way to a free seat, or to somebody who does without, for who comes."""

    def __init__(self, state: Best, mentee: int) -> None:
        self.state, self.mentee = state, mentee
        self.costs = state.prices - state.base
        self.distance = np.full(len(state.seats), FAR)
        self.through = np.full(len(state.seats), NOBODY)
        self.end, self.loser = NOBODY, mentee

    def search(self) -> int:
        """Settle the prices; what the mentee gains."""
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
                cost, self.end, self.loser = here, mentor, NOBODY
                break
            scanned.append(mentor)
            for holder in sorted(state.holders[mentor]):
                own = int(state.gains[holder])
                if here + own < cost:
                    cost, self.end, self.loser = here + own, mentor, holder
                nearer = self._relax(holder, here + own)
                open_distance[nearer] = self.distance[nearer]
            open_distance[mentor] = FAR
        for mentor in scanned:
            drop = cost - int(self.distance[mentor])
            state.prices[mentor] += drop
            state.gains[list(state.holders[mentor])] -= drop
        return gain - cost

    def _relax(self, mentee: int, start: int) -> Places:
        """To which mentors it is nearer through this mentee."""
        row = self.state.points[mentee]
        reached = self.costs - row
        reached += start
        nearer = np.flatnonzero((reached < self.distance) & (row != FORBIDDEN))
        self.distance[nearer], self.through[nearer] = reached[nearer], mentee
        return nearer

    def move(self) -> None:
        """Go the way back, everybody to the next seat."""
        if self.loser == self.mentee:
            return
        state, mentor, mentee = self.state, self.end, NOBODY
        if self.loser != NOBODY:
            state.holders[mentor].discard(self.loser)
            state.mentor_of[self.loser] = NOBODY
        while mentee != self.mentee:
            mentee = int(self.through[mentor])
            before = int(state.mentor_of[mentee])
            if before != NOBODY:
                state.holders[before].discard(mentee)
            state.mentor_of[mentee] = mentor
            state.holders[mentor].add(mentee)
            mentor = before


class _Vacancy:
    """The best use of a seat that is free: for somebody without, or for who leaves another seat, or for nobody."""

    def __init__(self, state: Best, mentor: int) -> None:
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
        state, column = self.state, self.state.points[:, mentor]
        reached = state.gains - column
        reached += here + state.prices[mentor] - state.base
        nearer = np.flatnonzero((reached < self.distance) & (column != FORBIDDEN) & state.is_here)
        self.distance[nearer], self.to[nearer] = reached[nearer], mentor
        own = list(self.state.holders[mentor])
        self.distance[own] = np.minimum(self.distance[own], here)

    def move(self) -> None:
        """Everybody on the way to the next seat."""
        state = self.state
        mentee = self.waiting if self.waiting != NOBODY else self.leaver.get(self.end, NOBODY)
        while mentee != NOBODY:
            before, mentor = int(state.mentor_of[mentee]), int(self.to[mentee])
            if before != NOBODY:
                state.holders[before].discard(mentee)
            state.mentor_of[mentee] = mentor
            state.holders[mentor].add(mentee)
            mentee = self.leaver.get(mentor, NOBODY)


def start(pairs: Pairs, found: Optimal) -> Best:
    """Go on from a matching that was solved; raises ValueError if a mentee wants more than one mentor.

    Mentees who want none are not here yet. Points are kept in four bytes a pair.
    """
    if (pairs.wanted > 1).any():
        raise ValueError("rolling takes mentees who want one mentor: solve again for those who want more")
    shape = len(pairs.wanted), len(pairs.seats)
    prices, cut = found.proof.prices, found.proof.limits[0].cut
    base = max(pairs.scale * (min(shape) + 1), prices.base) + 1
    lift = base - prices.base
    state = Best(
        pairs=pairs,
        total_counts=found.proof.total,
        points=np.full(shape, FORBIDDEN, dtype=np.int32),
        base=base,
        seats=pairs.seats.copy(),
        mentor_of=np.full(shape[0], NOBODY, dtype=np.int64),
        gains=prices.gains + lift * ~cut.mentees,
        prices=prices.prices + lift * cut.mentors,
        is_here=pairs.wanted > 0,
        holders=[set() for _ in range(shape[1])],
    )
    state.score(np.flatnonzero(state.is_here))
    for mentee, mentor in found.matched.places():
        state.mentor_of[mentee] = mentor
        state.holders[mentor].add(mentee)
        state.gains[mentee] = int(state.points[mentee, mentor]) + base - int(state.prices[mentor])
    return state
