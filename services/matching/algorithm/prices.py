"""What a seat is worth: prices at which nobody would rather have another, the dual of the matching."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.algorithm.pairs import Numbers, spans
from services.matching.algorithm.pruning import Edges

Flags = NDArray[np.bool_]


class Prices(NamedTuple):
    """`base` is what it is worth that one more is matched; a mentee's `gain` and a mentor's `price` share the rest.

    No pair that is left out has more worth than gain plus price less base.
    """

    gains: Numbers
    prices: Numbers
    base: int


class Network:
    """The residual network of a matching, with the distances of its nodes (Bellman 1958, Ford 1956).

    A mentee reaches a mentor at minus the worth of the pair, and is reached from a mentor they have at plus the worth.
    Through the source, a mentee who has a mentor makes way for one who could have more; through the sink, a used
    seat makes way for a free one.
    """

    def __init__(self, edges: Edges, worth: Numbers, used: Flags, wanted: Numbers, seats: Numbers) -> None:
        rows, columns = edges.rows[used], edges.columns[used]
        self.matched = rows, columns, worth[used]
        unused = ~used
        self.columns, self.worth = edges.columns[unused], worth[unused]
        self.starts = np.searchsorted(edges.rows[unused], np.arange(len(wanted) + 1))
        had, used_seats = np.bincount(rows, minlength=len(wanted)), np.bincount(columns, minlength=len(seats))
        self.has, self.lacks = had > 0, had < wanted
        self.used, self.free = used_seats > 0, used_seats < seats
        self.mentees, self.mentors = np.zeros(len(wanted), dtype=np.int64), np.zeros(len(seats), dtype=np.int64)
        self.source = self.sink = 0

    def converge(self) -> None:
        """Shorten distances until none can be: after as many rounds as there are nodes at most."""
        changed = np.arange(len(self.mentees))
        for _ in range(len(self.mentees) + len(self.mentors) + 3):
            self._reach_mentors(changed)
            changed = self._reach_mentees()
            if not changed.size:
                return
        raise RuntimeError("the matching is not the best of its edges: its prices do not converge")

    def _reach_mentors(self, changed: Numbers) -> None:
        starts, ends = self.starts[changed], self.starts[changed + 1]
        at = spans(starts, ends)
        lengths = np.repeat(self.mentees[changed], ends - starts) - self.worth[at]
        np.minimum.at(self.mentors, self.columns[at], lengths)
        self.sink = min(self.sink, int(self.mentors[self.free].min(initial=self.sink)))
        self.mentors[self.used] = np.minimum(self.mentors[self.used], self.sink)

    def _reach_mentees(self) -> Numbers:
        """Shorten the distances of mentees; returns those that are nearer now."""
        before = self.mentees.copy()
        rows, columns, worth = self.matched
        np.minimum.at(self.mentees, rows, self.mentors[columns] + worth)
        self.source = min(self.source, int(self.mentees[self.has].min(initial=self.source)))
        self.mentees[self.lacks] = np.minimum(self.mentees[self.lacks], self.source)
        return np.flatnonzero(self.mentees < before)


def recover(edges: Edges, worth: Numbers, used: Flags, wanted: Numbers, seats: Numbers) -> Prices:
    """Compute the prices of a matching that is the best of these edges for its size."""
    network = Network(edges, worth, used, wanted, seats)
    network.converge()
    return Prices(
        gains=np.maximum(network.mentees - network.source, 0),
        prices=np.maximum(network.sink - network.mentors, 0),
        base=network.sink - network.source,
    )
