"""What is counted of a matching before any score: people with somebody first, then pairs.

The largest numbers of mentees, of mentors and of pairs can be had at once: what has been reached by one more path to a
free seat is never lost by the next (Berge 1957), and what covers most of either side can be joined (Mendelsohn and
Dulmage 1958). So each is proved apart, and none costs another.
"""

from typing import Literal, NamedTuple

import numpy as np

from services.matching.algorithm.pairs import Indexes, Numbers, Pairs

Counted = Literal["pairs", "mentees", "mentors"]
"""Mentees and mentors count if they had nobody before."""


class Counts(NamedTuple):
    """How many pairs a matching has, and how many people in it had nobody before, where these are counted."""

    pairs: int = 0
    mentees: int = 0
    mentors: int = 0

    def of(self, counted: Counted) -> int:
        """One of them."""
        return int(getattr(self, counted))


class Capacities(NamedTuple):
    """How many partners everybody may have; `alone` and `idle` are 1 for those of whom the first counts as a person.

    They are 0 everywhere on a side where that changes nothing, as everybody there wants one, or is not asked for.
    """

    wanted: Numbers
    seats: Numbers
    alone: Numbers
    idle: Numbers

    @classmethod
    def of(cls, pairs: Pairs, count_mentors: bool) -> "Capacities":
        """State them for some pairs; mentors are counted only where that is asked for."""
        wanted, seats, alone, idle = pairs.wanted, pairs.seats, pairs.alone, pairs.idle
        if not (alone < wanted).any():
            alone = np.zeros_like(alone)
        if not (count_mentors and (idle < seats).any()):
            idle = np.zeros_like(idle)
        return cls(wanted, seats, alone, idle)

    @property
    def counted(self) -> tuple[Counted, ...]:
        """What has to be counted."""
        people: tuple[tuple[Counted, Numbers], ...] = (("mentees", self.alone), ("mentors", self.idle))
        return ("pairs", *(side for side, first in people if first.any()))

    def limited_to(self, counted: Counted) -> tuple[Numbers, Numbers]:
        """Find the capacities of both sides with which a largest flow counts it."""
        return (
            self.alone if counted == "mentees" else self.wanted,
            self.idle if counted == "mentors" else self.seats,
        )

    def counts(self, rows: Indexes, columns: Indexes) -> Counts:
        """Count what some pairs come to."""
        mentees, mentors = self.alone[np.unique(rows)].sum(), self.idle[np.unique(columns)].sum()
        return Counts(len(rows), int(mentees), int(mentors))
