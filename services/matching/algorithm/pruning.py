"""The few pairs among which the best matching most likely is: the best of every mentee and of every mentor."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.algorithm.pairs import FORBIDDEN, Block, Numbers, Pairs, Places, Points


class Kept(NamedTuple):
    """How many of the best pairs of each mentee and of each mentor are looked at to begin with."""

    of_mentee: int = 40
    of_mentor: int = 20


class Edges(NamedTuple):
    """Some pairs that are allowed, sorted by mentee, then mentor, each once."""

    rows: Places
    columns: Places
    points: Points

    def where(self, kept: NDArray[np.bool_]) -> "Edges":
        """Some of them."""
        return Edges(self.rows[kept], self.columns[kept], self.points[kept])


class Pruned(NamedTuple):
    """Edges, and for each mentee the most points that any mentor would give, `FORBIDDEN` if nobody is allowed."""

    edges: Edges
    best: Numbers


def prune(pairs: Pairs, keep: Kept) -> Pruned:
    """One look at all pairs."""
    best = np.full(len(pairs.wanted), FORBIDDEN, dtype=np.int64)
    kept = list[Edges]()
    favorites = _Favorites(len(pairs.seats), keep.of_mentor)
    for block in pairs.blocks():
        if block.columns.size:
            best[block.rows] = block.points.max(axis=1)
            kept.append(best_of_rows(block, block.points, keep.of_mentee))
            favorites.look(block)
    return Pruned(union([*kept, favorites.weed()]), best)


def union(parts: Iterable[Edges]) -> Edges:
    """All edges of several, each once."""
    edges = joined(parts)
    width = int(edges.columns.max(initial=0)) + 1
    _, first = np.unique(edges.rows * width + edges.columns, return_index=True)
    return Edges(edges.rows[first], edges.columns[first], edges.points[first])


def joined(parts: Iterable[Edges]) -> Edges:
    """The edges of several after each other."""
    rows, columns, points = zip(_NONE, *parts, strict=True)
    return Edges(np.concatenate(rows), np.concatenate(columns), np.concatenate(points))


_NONE = Edges(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32))


def best_of_rows(block: Block, ranked: NDArray[Any], count: int) -> Edges:
    """The pairs of each row that are ranked highest, none below 0.

    Among equals, each row prefers others, lest all rows have the same few.
    """
    if ranked.shape[1] <= count:
        return _edges(block, ranked >= 0)
    bar = np.partition(ranked, -count, axis=1)[:, -count]
    chosen = ranked >= np.maximum(bar, 0)[:, None]
    for row in np.flatnonzero(chosen.sum(axis=1) > count).tolist():
        ties = np.flatnonzero(ranked[row] == bar[row])
        surplus = int(chosen[row].sum()) - count
        lot = (block.columns[ties] * 2_654_435_761 + int(block.rows[row]) * 40_503_001) % 4_294_967_291
        chosen[row, ties[np.argsort(lot, kind="stable")[:surplus]]] = False
    return _edges(block, chosen)


def without(edges: Edges, known: Edges) -> Edges:
    """The edges that are not known."""
    width = int(max(edges.columns.max(initial=0), known.columns.max(initial=0))) + 1
    return edges.where(~np.isin(edges.rows * width + edges.columns, known.rows * width + known.columns))


def _edges(block: Block, chosen: NDArray[np.bool_]) -> Edges:
    rows, columns = np.nonzero(chosen)
    return Edges(block.rows[rows], block.columns[columns], block.points[rows, columns])


class _Favorites:
    """The best mentees of each mentor so far, weeded out whenever too many have come together."""

    def __init__(self, mentors: int, count: int) -> None:
        self.kept = count
        self.bar = np.full(mentors, FORBIDDEN, dtype=np.int32)
        self.most = 4 * count * mentors
        self.found, self.count = list[Edges](), 0

    def look(self, block: Block) -> None:
        """Take over those who are better than the last of the best."""
        bar = self.bar[block.columns]
        if len(block.rows) > 4 * self.kept:
            some = block.points[:: len(block.rows) // (2 * self.kept)]
            bar = np.maximum(bar, np.partition(some, -self.kept, axis=0)[-self.kept] - 1)
        self.found.append(_edges(block, block.points > bar))
        self.count += len(self.found[-1].rows)
        if self.count > self.most:
            self.weed()

    def weed(self) -> Edges:
        """Keep the best of each mentor only."""
        edges = joined(self.found)
        order = np.argsort((edges.columns << 32) - edges.points, kind="stable")
        columns = edges.columns[order]
        starts = np.flatnonzero(np.diff(columns, prepend=-1))
        place = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
        last = order[place == self.kept - 1]
        self.bar[edges.columns[last]] = edges.points[last]
        kept = order[place < self.kept]
        self.found, self.count = [Edges(edges.rows[kept], edges.columns[kept], edges.points[kept])], len(kept)
        return self.found[0]
