"""What is given before a run matches: pairs that somebody has chosen, who comes first, and pairs that come last."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from services.matching.algorithm.pairs import Pairs, points_of, rows_and_columns
from services.matching.algorithm.priority import LastResort, Rest
from services.matching.algorithm.problem import Problem
from services.matching.runs.task import Task
from shared.ids import ApplicationId

IndexPairs = list[tuple[int, int]]
"""Pairs, by their indexes among the mentees and the mentors."""


class Given(NamedTuple):
    """What is given before the others are matched.

    `pinned` are pairs that somebody has chosen, `impossible` are mentees whose chosen mentor cannot be given to them,
    `first` those who come before the others, and `silent` pairs whose last proposal has expired long ago. `pairs` are
    what is left for them.
    """

    pairs: Pairs
    pinned: IndexPairs
    impossible: list[int]
    first: list[int]
    silent: IndexPairs


def given_before(stated: Problem, task: Task) -> Given:
    """Take pinned pairs out of the problem, as far as nothing forbids them and there are seats."""
    wished = {mentee.id: mentee.pinned for mentee in task.requests if mentee.pinned}
    column: dict[str, int] = {mentor.id: at for at, mentor in enumerate(stated.mentors)}
    wanted = [(row, column.get(wished[one.id], -1)) for row, one in enumerate(stated.mentees) if one.id in wished]
    here = [pair for pair in wanted if pair[1] >= 0]
    points = points_of(stated.pairs, *rows_and_columns(here)).tolist()
    allowed = {pair for pair, worth in zip(here, points, strict=True) if worth >= 0}
    pinned, free = IndexPairs(), stated.pairs.seats.copy()
    for row, at in wanted:
        if (row, at) in allowed and free[at]:
            pinned.append((row, at))
            free[at] -= 1
    impossible = [row for row, at in wanted if (row, at) not in pinned]
    ids = {mentee.id for mentee in task.requests if mentee.has_priority}
    first = [row for row, one in enumerate(stated.mentees) if one.id in ids and row not in impossible]
    silent = silent_pairs(stated, column, task.silent)
    rest: Pairs = LastResort(stated.pairs, silent) if silent else stated.pairs
    return Given(Rest(rest, pinned, impossible) if wanted else rest, pinned, impossible, first, silent)


def silent_pairs(
    stated: Problem, column: Mapping[str, int], silent: Mapping[str, Collection[ApplicationId]]
) -> IndexPairs:
    """List the pairs whose last proposal has expired long ago, sorted."""
    pairs = [
        (row, column[mentor])
        for row, one in enumerate(stated.mentees)
        for mentor in silent.get(one.id, ())
        if mentor in column
    ]
    return sorted(pairs)
