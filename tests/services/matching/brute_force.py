"""Small random instances, and what is best for them by trying everything."""

from collections.abc import Sequence
from functools import cache
from itertools import repeat
from random import Random

from tests.services.matching.builders import Table

SCATTERED = [*range(21), *repeat(None, 14)]
EQUAL_OR_CLOSE = [0, 1, None]


def instance(random: Random) -> tuple[list[list[int | None]], list[int]]:
    """Scores in twentieths, often with ties, of up to six mentees; seats, up to three each, of up to five mentors."""
    cells, mentors = random.choice([SCATTERED, EQUAL_OR_CLOSE]), random.randint(0, 5)
    scores = [random.choices(cells, k=mentors) for _ in range(random.randint(0, 6))]
    return scores, random.choices(range(4), k=mentors)


def best_of_all(scores: Table, seats: Sequence[int]) -> tuple[int, int]:
    """The largest size, and the largest total of that size, by trying everything."""

    @cache
    def best(row: int, free: tuple[int, ...]) -> tuple[int, int]:
        if row == len(scores):
            return 0, 0
        found = [best(row + 1, free)]
        for column, score in enumerate(scores[row]):
            if score is not None and free[column]:
                size, total = best(row + 1, (*free[:column], free[column] - 1, *free[column + 1 :]))
                found.append((size + 1, total + score))
        return max(found)

    return best(0, tuple(seats))
