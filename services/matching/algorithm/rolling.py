"""Proposals that follow the best matching while people come and go, with as few moves as wished.

The best matching (`best_matching`) is known at any moment; what is proposed may lag behind it. Whenever a mentee can
get the best mentor by moving no more proposals than are allowed, it is done, the greatest gain first.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from services.matching.algorithm import best_matching
from services.matching.algorithm.augmenting_paths import NOBODY
from services.matching.algorithm.best_matching import BestMatching
from services.matching.algorithm.optimal import Optimal
from services.matching.algorithm.pairs import Numbers, Pairs

TRIED = 32
"""Mentees for whom a chain is looked for at an event, and mentors whom a newcomer may ask for a seat."""

Chain = list[int]
"""Mentees who go to their best mentors together, each to the seat that the next one leaves."""


class Rolling:
    """Who is proposed to whom: `mentor_of` each mentee, `holders` of each mentor's seats.

    At an event at most `moves` proposals are changed or withdrawn, besides those whom it concerns; None is as many as
    it takes to be as good as solving again. Who had none can be proposed at any time. Accepted pairs never move.
    """

    def __init__(self, best: BestMatching, moves: int | None = None) -> None:
        if moves is not None and moves < 0:
            raise ValueError(f"moves must be 0 or more, or None for as many as it takes, not {moves}")
        self.best = best
        self.moves = len(best.mentor_of) if moves is None else moves
        self.mentor_of = best.mentor_of.copy()
        self.holders = [set(holders) for holders in best.holders]

    @property
    def size(self) -> int:
        """How many mentees are proposed to a mentor."""
        return int((self.mentor_of != NOBODY).sum())

    @property
    def total(self) -> int:
        """The worth of all proposals."""
        proposed = np.flatnonzero(self.mentor_of != NOBODY)
        return int(self.best.points[proposed, self.mentor_of[proposed]].sum(dtype=np.int64))

    def arrive(self, mentee: int) -> int:
        """Find a mentor for a newcomer; returns how many other proposals moved."""
        self.best.arrive(mentee)
        return self._follow(mentee)

    def leave(self, mentee: int) -> int:
        """Remove somebody and give their seat to others; returns how many proposals moved."""
        self.best.leave(mentee)
        self._put(mentee, NOBODY)
        return self._follow()

    def accept(self, mentee: int) -> int:
        """Turn a proposal into a match, which leaves the problem with its seat; returns how many others moved."""
        self.best.accept(mentee, int(self.mentor_of[mentee]))
        self._put(mentee, NOBODY)
        return self._follow()

    def add_seat(self, mentor: int) -> int:
        """Give a mentor one more seat; returns how many proposals moved."""
        self.best.add_seat(mentor)
        return self._follow()

    def remove_seat(self, mentor: int) -> int:
        """Take a seat away from a mentor; returns how many proposals moved, besides the one that lost its seat.

        Raises ValueError if there is no seat left.
        """
        self.best.remove_seat(mentor)
        if len(self.holders[mentor]) <= self.best.seats[mentor]:
            return self._follow()
        loser = min(
            self.holders[mentor], key=lambda one: (self.best.mentor_of[one] == mentor, self._worth(one, mentor))
        )
        self._put(loser, NOBODY)
        return self._follow(loser)

    def _follow(self, first: int = NOBODY) -> int:
        """Bring `first`, then others, to their best mentors, as far as the moves allow."""
        moved = 0
        if first != NOBODY and self.best.mentor_of[first] != NOBODY:
            chain = self._chain(first, self.moves)
            moved = self._move(chain) if chain else self._squeeze_in(first)
        while chain := self._best_chain(self.moves - moved):
            moved += self._move(chain)
        return moved

    def _best_chain(self, moves: int) -> Chain | None:
        """Find the chain with the fewest moves that gains most; None if there is none."""
        goal = self.best.mentor_of
        waiting = self.mentor_of == NOBODY
        apart = np.flatnonzero((self.mentor_of != goal) & (waiting | (moves > 0)))
        if not apart.size:
            return None
        gains = self._worths(apart, goal[apart]) - self._worths(apart, self.mentor_of[apart])
        has_room = np.array([one != NOBODY and self._has_room(one) for one in goal[apart].tolist()])
        order = apart[np.lexsort((apart, -gains, ~has_room, goal[apart] == NOBODY))]
        chains = (self._chain(one, moves) for one in order[:TRIED].tolist())
        return next((chain for chain in chains if chain), None)

    def _chain(self, first: int, moves: int) -> Chain | None:
        """List whom to move so that a mentee gets the best mentor; None if that takes more moves than allowed."""
        chain, start = [first], int(self.mentor_of[first])
        left = moves - (start != NOBODY)
        while not self._is_open(goal := int(self.best.mentor_of[chain[-1]]), start):
            left -= 1
            if left < 0:
                return None
            others = [one for one in self.holders[goal] if self.best.mentor_of[one] != goal and one not in chain]
            chain.append(max(others, key=lambda one: (self._is_open(int(self.best.mentor_of[one]), start), -one)))
        return chain if left >= 0 else None

    def _is_open(self, mentor: int, start: int) -> bool:
        """Whether somebody can go there once the seat at the start is left; having no mentor takes no seat."""
        return mentor in {NOBODY, start} or self._has_room(mentor)

    def _has_room(self, mentor: int) -> bool:
        return len(self.holders[mentor]) < int(self.best.seats[mentor])

    def _move(self, chain: Sequence[int]) -> int:
        """Move a whole chain, returning how many moved: all leave before any arrives, so that nobody has too many."""
        moved = sum(self.mentor_of[one] != NOBODY for one in chain)
        for one in chain:
            self._put(one, NOBODY)
        for one in chain:
            self._put(one, int(self.best.mentor_of[one]))
        return int(moved)

    def _squeeze_in(self, mentee: int) -> int:
        """Give a mentee the next best mentor: one with a free seat, or one whose mentee can go elsewhere."""
        gain, seat, holder, other = max(self._ways_in(mentee), default=(0, NOBODY, NOBODY, NOBODY))
        if not gain:
            return 0
        if holder != NOBODY:
            self._put(holder, other)
        self._put(mentee, seat)
        return int(holder != NOBODY)

    def _ways_in(self, mentee: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield what is gained, the seat, and who makes way for it to which other seat."""
        free = np.array([len(holders) for holders in self.holders]) < self.best.seats
        row = self.best.points[mentee]
        if (row[free] >= 0).any():
            seat = int(np.where(free, row, -1).argmax())
            yield self._worth(mentee, seat), seat, NOBODY, NOBODY
        if not self.moves:
            return
        for seat in np.argsort(-row, kind="stable")[:TRIED].tolist():
            for holder in self.holders[seat] if row[seat] >= 0 else ():
                elsewhere = np.where(free, self.best.points[holder], -1)
                other = int(elsewhere.argmax())
                if elsewhere[other] >= 0:
                    gain = self._worth(mentee, seat) - self._worth(holder, seat) + self._worth(holder, other)
                    yield gain, seat, holder, other

    def _put(self, mentee: int, mentor: int) -> None:
        before = int(self.mentor_of[mentee])
        if before != NOBODY:
            self.holders[before].discard(mentee)
        self.mentor_of[mentee] = mentor
        if mentor != NOBODY:
            self.holders[mentor].add(mentee)

    def _worth(self, mentee: int, mentor: int) -> int:
        return int(self._worths(np.array([mentee]), np.array([mentor]))[0])

    def _worths(self, mentees: Numbers, mentors: Numbers) -> Numbers:
        counted = self.best.points[mentees, mentors].astype(np.int64) + self.best.base
        return np.where(mentors == NOBODY, 0, counted)


def start(pairs: Pairs, found: Optimal, moves: int | None = None) -> Rolling:
    """Start from a matching that was solved; see `best_matching.start`."""
    return Rolling(best_matching.start(pairs, found), moves)
