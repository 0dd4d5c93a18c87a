"""The few pairs among which the best matching most likely is: the best of every mentee and of every mentor."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.algorithm.pairs import FORBIDDEN, Block, Indexes, Numbers, Pairs, Points


class PruningLimits(NamedTuple):
    """How many of the best pairs of each mentee and of each mentor are looked at to begin with."""

    of_mentee: int = 40
    of_mentor: int = 20


class Edges(NamedTuple):
    """Some pairs that are allowed, sorted by mentee, then mentor, each once."""

    rows: Indexes
    columns: Indexes
    points: Points

    def where(self, kept: NDArray[np.bool_]) -> "Edges":
        """Choose some of them."""
        return Edges(self.rows[kept], self.columns[kept], self.points[kept])

    def index_pairs(self) -> list[tuple[int, int]]:
        """Each by its mentee and mentor."""
        return list(zip(self.rows.tolist(), self.columns.tolist(), strict=True))


class Pruned(NamedTuple):
    """Edges, and what is known of all other pairs without another look.

    Of each mentee `best` are the most points of any pair, and `left` are points that no pair exceeds that is not among
    the edges; `FORBIDDEN` if there is none. `order` has mentees who are alike beside each other.
    """

    edges: Edges
    best: Numbers
    left: Numbers
    order: Indexes


def prune(pairs: Pairs, keep: PruningLimits) -> Pruned:
    """Keep the best pairs of every mentee and every mentor, with one look at all pairs."""
    best = np.full(len(pairs.wanted), FORBIDDEN, dtype=np.int64)
    order, kept = [np.zeros(0, dtype=np.int64)], list[Edges]()
    favorites = _Favorites(len(pairs.seats), keep.of_mentor)
    for block in pairs.blocks():
        order.append(block.rows)
        if block.columns.size:
            best[block.rows] = block.points.max(axis=1)
            kept.append(best_of_rows(block, block.points, keep.of_mentee))
            favorites.look(block)
    left = _left(joined(kept), keep.of_mentee, len(best))
    return Pruned(union([*kept, favorites.weed()]), best, left, np.concatenate(order))


def _left(kept: Edges, count: int, mentees: int) -> Numbers:
    """Return the points that no pair of a mentee exceeds that was left out; `FORBIDDEN` where none was."""
    least = np.full(mentees, np.iinfo(np.int64).max)
    np.minimum.at(least, kept.rows, kept.points.astype(np.int64))
    return np.where(np.bincount(kept.rows, minlength=mentees) < count, FORBIDDEN, least)


def union(parts: Iterable[Edges]) -> Edges:
    """Join the edges of several, each once."""
    edges = joined(parts)
    cells = edges.rows * (int(edges.columns.max(initial=0)) + 1) + edges.columns
    order = np.argsort(cells)  # equal cells are the same edge, whichever comes first
    first = order[np.diff(cells[order], prepend=-1) > 0]
    return Edges(edges.rows[first], edges.columns[first], edges.points[first])


def joined(parts: Iterable[Edges]) -> Edges:
    """Put the edges of several after each other."""
    rows, columns, points = zip(_NONE, *parts, strict=True)
    return Edges(np.concatenate(rows), np.concatenate(columns), np.concatenate(points))


_NONE = Edges(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32))


def best_of_rows(block: Block, ranked: NDArray[Any], count: int) -> Edges:
    """Choose the pairs of each row that are ranked highest, none below 0.

    Among equals, each row prefers others, lest all rows have the same few.
    """
    if ranked.shape[1] <= count:
        return _edges(block, ranked >= 0)
    last = np.sort(ranked, axis=1)[:, -count]  # far quicker than a partition, which no vector instruction helps
    cells = np.flatnonzero(ranked >= np.maximum(last, 0)[:, None])
    here = cells // ranked.shape[1]
    edges = _at(block, cells)
    return edges.where(_at_most(count, here, ranked.reshape(-1)[cells] == last[here], edges))


def without(edges: Edges, known: Edges) -> Edges:
    """Choose the edges that are not known."""
    width = int(max(edges.columns.max(initial=0), known.columns.max(initial=0))) + 1
    cells, others = edges.rows * width + edges.columns, known.rows * width + known.columns
    return edges.where(np.searchsorted(others, cells) == np.searchsorted(others, cells, side="right"))


def _edges(block: Block, chosen: NDArray[np.bool_]) -> Edges:
    return _at(block, np.flatnonzero(chosen))


def _at(block: Block, cells: Indexes) -> Edges:
    rows, columns = np.divmod(cells, len(block.columns))
    return Edges(block.rows[rows], block.columns[columns], block.points.reshape(-1)[cells])


def _at_most(count: int, groups: Indexes, is_last: NDArray[np.bool_], edges: Edges) -> NDArray[np.bool_]:
    """Which edges are kept, of each group so many; those too many are taken from the last of it, by lot."""
    surplus = np.bincount(groups) - count
    last = np.flatnonzero(is_last & (surplus[groups] > 0))
    lot = (edges.columns[last] * 2_654_435_761 + edges.rows[last] * 40_503_001) % 4_294_967_291
    last = last[np.argsort((groups[last] << 32) + lot)]
    kept = np.ones(len(groups), dtype=bool)
    kept[last[_rank_in_group(groups[last]) < surplus[groups[last]]]] = False
    return kept


def _rank_in_group(groups: Indexes) -> Indexes:
    """Number each in its group, where groups are beside each other."""
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    rank: Indexes = np.arange(len(groups)) - np.repeat(starts, np.diff(starts, append=len(groups)))
    return rank


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
            bar = np.maximum(bar, np.sort(some, axis=0)[-self.kept] - 1)
        self.found.append(_edges(block, block.points > bar))
        self.count += len(self.found[-1].rows)
        if self.count > self.most:
            self.weed()

    def weed(self) -> Edges:
        """Keep the best of each mentor only."""
        edges = joined(self.found)
        ordered = np.sort((edges.columns << 32) - edges.points)
        counts = np.bincount(edges.columns, minlength=len(self.bar))
        full = np.flatnonzero(counts >= self.kept)
        self.bar[full] = (full << 32) - ordered[(np.cumsum(counts) - counts)[full] + self.kept - 1]
        edges = edges.where(edges.points >= self.bar[edges.columns])
        is_last = edges.points == self.bar[edges.columns]
        self.found = [edges.where(_at_most(self.kept, edges.columns, is_last, edges))]
        self.count = len(self.found[0].rows)
        return self.found[0]
