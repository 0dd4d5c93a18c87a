"""What a seat is worth: prices at which nobody would rather have another, the dual of the matching."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.algorithm.counts import Capacities
from services.matching.algorithm.pairs import Numbers, spans
from services.matching.algorithm.pruning import Edges

Flags = NDArray[np.bool_]


class Prices(NamedTuple):
    """`base` is what it is worth that one more is matched; a mentee's `gain` and a mentor's `price` share the rest.

    No pair that is left out has more worth than gain plus price less base. It is worth `mentee_base` more that one more
    mentee has a mentor, and `mentor_base` that one more mentor has a mentee; gains and prices fall below 0 by so much
    at most.
    """

    gains: Numbers
    prices: Numbers
    base: int
    mentee_base: int = 0
    mentor_base: int = 0


def shares(each: Numbers, capacities: Numbers, first: Numbers, extra: int) -> Numbers:
    """Bound what people contribute who have `each` for a partner and, where `first` is 1, `extra` for the first one."""
    shared: Numbers = first * np.maximum(each + extra, 0) + (capacities - first) * np.maximum(each, 0)
    return shared


class Side:
    """How the people of one side can make way for each other: among first partners, and among further ones.

    The distances of the two nodes through which they do are `at_first` and `at_further`.
    """

    def __init__(self, had: Numbers, capacities: Numbers, first: Numbers) -> None:
        used = np.minimum(had, first)
        self.has_first, self.lacks_first = used > 0, used < first
        self.has_further, self.lacks_further = had > used, had - used < capacities - first
        self.at_first = self.at_further = 0


class Network:
    """The residual network of a matching, with the distances of its nodes (Bellman 1958, Ford 1956).

    A mentee reaches a mentor at minus the worth of the pair, and is reached from a mentor they have at plus the worth.
    Through the source, a mentee who has a mentor makes way for one who could have more; through the sink, a used
    seat makes way for a free one. Whoever has a first one only makes way for others without any: nothing would be won
    by a further one in its place, and a first one in the place of a further one there is not.
    """

    def __init__(self, edges: Edges, worth: Numbers, used: Flags, capacities: Capacities) -> None:
        rows, columns = edges.rows[used], edges.columns[used]
        self.matched = rows, columns, worth[used]
        unused = ~used
        wanted, seats = capacities.wanted, capacities.seats
        self.columns, self.worth = edges.columns[unused], worth[unused]
        self.starts = np.searchsorted(edges.rows[unused], np.arange(len(wanted) + 1))
        self.source = Side(np.bincount(rows, minlength=len(wanted)), wanted, capacities.alone)
        self.sink = Side(np.bincount(columns, minlength=len(seats)), seats, capacities.idle)
        self.mentees, self.mentors = np.zeros(len(wanted), dtype=np.int64), np.zeros(len(seats), dtype=np.int64)

    def converge(self) -> None:
        """Shorten distances until none can be: after as many rounds as there are nodes at most."""
        changed = np.arange(len(self.mentees))
        for _ in range(len(self.mentees) + len(self.mentors) + 5):
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
        sink, mentors = self.sink, self.mentors
        sink.at_first = int(mentors[sink.lacks_first].min(initial=sink.at_first))
        sink.at_further = int(mentors[sink.lacks_further].min(initial=min(sink.at_further, sink.at_first)))
        mentors[sink.has_first] = np.minimum(mentors[sink.has_first], sink.at_first)
        mentors[sink.has_further] = np.minimum(mentors[sink.has_further], sink.at_further)

    def _reach_mentees(self) -> Numbers:
        """Shorten the distances of mentees; returns those that are nearer now."""
        before = self.mentees.copy()
        rows, columns, worth = self.matched
        np.minimum.at(self.mentees, rows, self.mentors[columns] + worth)
        source, mentees = self.source, self.mentees
        source.at_further = int(mentees[source.has_further].min(initial=source.at_further))
        nearest = min(source.at_first, source.at_further)
        source.at_first = int(mentees[source.has_first].min(initial=nearest))
        mentees[source.lacks_further] = np.minimum(mentees[source.lacks_further], source.at_further)
        mentees[source.lacks_first] = np.minimum(mentees[source.lacks_first], source.at_first)
        return np.flatnonzero(mentees < before)


def recover(edges: Edges, worth: Numbers, used: Flags, capacities: Capacities) -> Prices:
    """Compute the prices of a matching that is the best of these edges for its counts."""
    network = Network(edges, worth, used, capacities)
    network.converge()
    source, sink = network.source, network.sink
    mentee_base = source.at_further - source.at_first
    mentor_base = sink.at_first - sink.at_further if capacities.idle.any() else 0
    return Prices(
        gains=np.maximum(network.mentees - source.at_further, -capacities.alone * mentee_base),
        prices=np.maximum(sink.at_further - network.mentors, -capacities.idle * mentor_base),
        base=sink.at_further - source.at_further,
        mentee_base=mentee_base,
        mentor_base=mentor_base,
    )
