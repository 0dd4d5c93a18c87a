"""The best matching of the people who are here, kept the best while they come and go.

Prices are kept, so that an arrival or a departure is one search for a shortest path among reduced costs (Jonker and
Volgenant 1987), which looks at few people. Each mentee has one mentor at most, and is scored on arrival.
"""

import numpy as np

from services.matching.algorithm.augmenting_paths import NOBODY, Arrival, Assignment, Vacancy
from services.matching.algorithm.objective import worth
from services.matching.algorithm.optimal import Optimal
from services.matching.algorithm.pairs import FORBIDDEN, Indexes, Pairs

SCORED_AT_ONCE = 256
"""Mentees whose pairs are looked up together."""


class BestMatching(Assignment):
    """An assignment that stays the best as people and seats come and go."""

    def arrive(self, mentee: int) -> None:
        """Score a newcomer and match them, moving others if need be."""
        self.score(np.array([mentee]))
        self._insert(mentee)

    def leave(self, mentee: int) -> None:
        """Remove somebody, and give the seat that they leave to others."""
        mentor = int(self.mentor_of[mentee])
        self._remove(mentee)
        if mentor != NOBODY:
            self._fill(mentor)

    def accept(self, mentee: int, mentor: int) -> None:
        """Fix a pair for good: the mentee and a seat of the mentor leave the problem."""
        if self.mentor_of[mentee] == mentor:
            self._remove(mentee)
            self.seats[mentor] -= 1
        else:
            self.leave(mentee)
            self.remove_seat(mentor)

    def add_seat(self, mentor: int) -> None:
        """Give a mentor one more seat."""
        self.seats[mentor] += 1
        self._fill(mentor)

    def remove_seat(self, mentor: int) -> None:
        """Take a seat away from a mentor; raises ValueError if there is none left."""
        if not self.seats[mentor]:
            raise ValueError(f"mentor {mentor} has no seat that could be taken away")
        self.seats[mentor] -= 1
        if len(self.holders[mentor]) > self.seats[mentor]:
            mentee = min(self.holders[mentor])
            self.holders[mentor].discard(mentee)
            self.mentor_of[mentee] = NOBODY
            self._insert(mentee)

    def score(self, mentees: Indexes) -> None:
        """Look up what the pairs of some mentees count for."""
        for rows in np.array_split(mentees, len(mentees) // SCORED_AT_ONCE + 1):
            block = self.pairs.block(rows)
            counted = worth(block.points, self.total_counts, self.pairs.scale)
            self.points[rows] = FORBIDDEN
            self.points[np.ix_(rows, block.columns)] = np.where(block.points == FORBIDDEN, FORBIDDEN, counted)

    def _insert(self, mentee: int) -> None:
        self.is_here[mentee] = True
        path = Arrival(self, mentee)
        self.gains[mentee] = path.search()
        path.move()

    def _remove(self, mentee: int) -> None:
        if self.mentor_of[mentee] != NOBODY:
            self.holders[int(self.mentor_of[mentee])].discard(mentee)
        self.is_here[mentee], self.mentor_of[mentee], self.gains[mentee] = False, NOBODY, 0

    def _fill(self, mentor: int) -> None:
        if self.prices[mentor]:
            path = Vacancy(self, mentor)
            path.search()
            path.move()


def start(pairs: Pairs, found: Optimal) -> BestMatching:
    """Start from a matching that was solved; raises ValueError if a mentee wants more than one mentor.

    Mentees who want none are not here yet. Points are kept in four bytes a pair.
    """
    if (pairs.wanted > pairs.alone).any():
        raise ValueError("rolling takes mentees who want one mentor: solve again for those who want more")
    shape = len(pairs.wanted), len(pairs.seats)
    prices, cut = found.proof.prices, found.proof.most[0].cut
    base = max(pairs.scale * (min(shape) + 1), prices.base) + 1
    lift = base - prices.base
    state = BestMatching(
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
    for mentee, mentor in found.matched.index_pairs():
        state.mentor_of[mentee] = mentor
        state.holders[mentor].add(mentee)
        state.gains[mentee] = int(state.points[mentee, mentor]) + base - int(state.prices[mentor])
    return state
