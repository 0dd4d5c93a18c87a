"""What a pair would cost that is not matched: solved again with it, and everybody else as well matched as can be."""

from collections.abc import Sequence

import numpy as np

from services.matching.algorithm import optimal, score_parts
from services.matching.algorithm.both_sides import kept_out
from services.matching.algorithm.kept_pairs import KeptPairs
from services.matching.algorithm.optimal import Optimal
from services.matching.algorithm.pairs import points_of
from services.matching.algorithm.people import Person
from services.matching.algorithm.problem import Problem
from services.matching.algorithm.result import WhatIf
from services.matching.algorithm.unmatched import NOT_LISTED, PAIR_WORDS

Pair = tuple[str, str]
"""The ids of a mentee and a mentor."""


def answer(problem: Problem, best: Optimal, asked: Sequence[Pair]) -> tuple[WhatIf, ...]:
    """Compute what each pair would change in the best matching; raises KeyError for people who are not in the pool."""
    codes = forbidden(problem, asked)
    return tuple(
        WhatIf(mentee=pair[0], mentor=pair[1], code=codes[pair], words=PAIR_WORDS[codes[pair]].format(*pair))
        if pair in codes
        else _answered(problem, best, pair)
        for pair in asked
    )


def _answered(problem: Problem, best: Optimal, pair: Pair) -> WhatIf:
    at = _index(problem.mentees, pair[0]), _index(problem.mentors, pair[1])
    again = optimal.solve(KeptPairs(problem.pairs, [at], []), problem.objective)
    unit = problem.unit / problem.pairs.scale
    own = int(points_of(problem.pairs, np.array([at[0]]), np.array([at[1]]))[0])
    points, before = [own, *again.matched.points.tolist()], best.matched.points.tolist()
    size, total = len(points) - best.size, round((sum(points) - sum(before)) * unit, 9)
    had, has = ({row for row, _ in one.matched.index_pairs()} for one in (best, again))
    mentees = len(has | {at[0]}) - len(had)
    worst = round((min(points) - min(before)) * unit, 9)
    return WhatIf(
        mentee=pair[0],
        mentor=pair[1],
        score=round(own * unit, 9),
        mentees=mentees,
        size=size,
        worst=worst,
        total=total,
        words=_words(mentees, size, worst, total),
    )


def _words(mentees: int, size: int, worst: float, total: float) -> str:
    if not (mentees or size or worst or total):
        return "costs nothing"
    pairs = f", {size:+d} pairs" if size != mentees else ""
    return f"{mentees:+d} matched{pairs}, worst {worst:+.2f}, total {total:+.2f}"


def forbidden(problem: Problem, pairs: Sequence[Pair]) -> dict[Pair, str]:
    """Find those of some pairs that must not be matched, each with the code of a reason.

    Raises KeyError for who is not in the pool.
    """
    sides = [{one.id: kept_out(one) for one in side} for side in (problem.pool.mentees, problem.pool.mentors)]
    found = {pair: code for pair in pairs if (code := sides[0][pair[0]] or sides[1][pair[1]])}
    rest = [pair for pair in pairs if pair not in found]
    row, column = ({one.id: at for at, one in enumerate(side)} for side in (problem.mentees, problem.mentors))
    rows = np.array([row[one] for one, _ in rest], dtype=np.int64)
    columns = np.array([column[other] for _, other in rest], dtype=np.int64)
    for at in np.flatnonzero(points_of(problem.pairs, rows, columns) < 0).tolist():
        counts = score_parts.forbidding(problem.scored, rows[at], columns[at]) if problem.scored else {NOT_LISTED: 1}
        found[rest[at]] = next(iter(counts))
    return found


def _index(people: Sequence[Person], id: str) -> int:
    return next(at for at, one in enumerate(people) if one.id == id)
