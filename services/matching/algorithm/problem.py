"""What is to be matched, however it was stated: people with profiles, scores of pairs, or rankings of either side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

import numpy as np
from pydantic import TypeAdapter

from services.matching.algorithm.both_sides import Pool
from services.matching.algorithm.pairs import Listed, Pairs
from services.matching.algorithm.people import Person, having
from services.matching.algorithm.program import Objective
from services.matching.algorithm.scored_pairs import ScoredPairs

FINE = 100_000_000
"""The points of the highest power of ten that scores of pairs do not exceed."""
TAKEN_AS_GIVEN = Objective(worst="all", total="plain")
"""For scores and rankings that people have made themselves."""


@dataclass(frozen=True)
class Problem:
    """Pairs with the people they are of, in the same order.

    Most often both sides see the points of `pairs`; with rankings, `seen_by_mentees` and `seen_by_mentors` differ.
    `unit` is what `pairs.scale` points are worth in the scores that were given.
    """

    pool: Pool
    pairs: Pairs
    seen_by_mentees: Pairs
    seen_by_mentors: Pairs
    objective: Objective
    unit: float = 1.0

    @property
    def mentees(self) -> tuple[Person, ...]:
        """Those who take part: the rows."""
        return self.pool.open_mentees

    @property
    def mentors(self) -> tuple[Person, ...]:
        """Those who take part: the columns."""
        return self.pool.open_mentors

    def input_hash(self) -> str:
        """Compute a name for these people and pairs, whatever their order, in hexadecimal."""
        people = TypeAdapter(tuple[Person, ...])
        digest = sha256(self.pool.program.model_dump_json().encode())
        for side in (self.pool.mentees, self.pool.mentors):
            digest.update(people.dump_json(tuple(sorted(side, key=lambda one: one.id))))
        if isinstance(self.pairs, Listed):
            for table in (self.pairs.rows, self.pairs.columns, self.pairs.points):
                digest.update(table.tobytes())
        return digest.hexdigest()

    @property
    def scored(self) -> ScoredPairs | None:
        """The pairs, if they were scored from profiles."""
        return self.pairs if isinstance(self.pairs, ScoredPairs) else None


def of_profiles(pool: Pool) -> Problem:
    """State a problem in which people are compared by the criteria of their program."""
    pairs = ScoredPairs(pool)
    return Problem(pool, pairs, pairs, pairs, pool.program.objective)


def of_scores(pool: Pool, scores: Mapping[tuple[str, str], float], objective: Objective = TAKEN_AS_GIVEN) -> Problem:
    """State a problem by the scores of pairs of a mentee and a mentor, 0 or more; others are not allowed."""
    most = max(scores.values(), default=0.0)
    unit = float(Decimal(10) ** Decimal(most).log10().to_integral_value("ROUND_CEILING")) if most else 1.0
    pairs = _listed(pool, {pair: round(score / unit * FINE) for pair, score in scores.items()}, FINE)
    return Problem(pool, pairs, pairs, pairs, objective, unit)


def of_rankings(pool: Pool, objective: Objective = TAKEN_AS_GIVEN) -> Problem:
    """State a problem by who ranks whom in `prefers`; pairs that are not in both lists are not allowed.

    The score of a pair is the mean of what it is worth to both: 1 for the first tier, less for every further one.
    """
    mine, theirs = _worths(pool.open_mentees), _worths(pool.open_mentors)
    both = {(one, other) for one, other in mine if (other, one) in theirs}
    means = {pair: round((mine[pair] + theirs[pair[1], pair[0]]) / 2 * FINE) for pair in both}
    seen = {pair: round(mine[pair] * FINE) for pair in both}
    seeing = {pair: round(theirs[pair[1], pair[0]] * FINE) for pair in both}
    mean, mentees, mentors = (_listed(pool, points, FINE) for points in (means, seen, seeing))
    return Problem(pool, mean, mentees, mentors, objective)


def _worths(people: Sequence[Person]) -> dict[tuple[str, str], float]:
    return {
        (one.id, id): 1 - rank / len(one.prefers)
        for one in people
        for rank, tier in enumerate(one.prefers)
        for id in tier
    }


def _listed(pool: Pool, points: Mapping[tuple[str, str], int], scale: int) -> Listed:
    row = {one.id: at for at, one in enumerate(pool.open_mentees)}
    column = {one.id: at for at, one in enumerate(pool.open_mentors)}
    cells = sorted(
        (row[mentee], column[mentor], value)
        for (mentee, mentor), value in points.items()
        if mentee in row and mentor in column
    )
    rows, columns, values = np.array(cells, dtype=np.int64).reshape(-1, 3).T
    return Listed(
        rows=rows,
        columns=columns,
        points=values.astype(np.int32),
        wanted=np.array([min(one.capacity, len(column)) for one in pool.open_mentees], dtype=np.int64),
        seats=np.array([min(one.capacity, len(row)) for one in pool.open_mentors], dtype=np.int64),
        scale=scale,
        mentees_with_somebody=having(pool.open_mentees),
        mentors_with_somebody=having(pool.open_mentors),
    )
