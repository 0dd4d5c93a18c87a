"""A second opinion on a matching: a plain look at one mentee after the other, knowing nothing of how it was found."""

from collections import Counter

import numpy as np

from services.matching.algorithm.objective import worth
from services.matching.algorithm.optimal import Optimal
from services.matching.algorithm.pairs import Indexes, Numbers, Pairs


class Refuted(Exception):
    """A matching is not what it claims to be. `code` says in what."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def verify(pairs: Pairs, claim: Optimal) -> None:
    """Prove that the matching breaks no constraint, and that size, worst and total are what the claim says.

    The prices and cuts of the claim are taken as given: wrong ones cannot prove anything false. Raises `Refuted`.
    """
    if (claim.proof.prices.prices < 0).any():
        raise Refuted("wrong_proof", "a price is below 0")
    look = _Look(pairs, claim)
    for block in pairs.blocks():
        for row, points in zip(block.rows.tolist(), block.points, strict=True):
            allowed = points >= 0
            look.at(row, block.columns[allowed], points[allowed].astype(np.int64))
    look.conclude()


class _Look:
    """What has been seen so far."""

    def __init__(self, pairs: Pairs, claim: Optimal) -> None:
        self.pairs, self.claim, self.proof = pairs, claim, claim.proof
        self.own: dict[int, list[int]] = {}
        for mentee, mentor in claim.matched.index_pairs():
            self.own.setdefault(mentee, []).append(mentor)
        self.found = self.total = 0
        self.most = [
            int(pairs.wanted[~limit.cut.mentees].sum() + pairs.seats[limit.cut.mentors].sum())
            for limit in self.proof.limits
        ]
        self.most_total = int(self.proof.prices.prices @ pairs.seats) - self.proof.prices.base * claim.size

    def at(self, mentee: int, mentors: Indexes, points: Numbers) -> None:
        """A mentee with all mentors who are allowed."""
        for at, limit in enumerate(self.proof.limits):
            if limit.cut.mentees[mentee]:
                self.most[at] += int((~limit.cut.mentors[mentors] & (points >= limit.floors[mentee])).sum())
        counted, reaching = worth(points, self.proof.total, self.pairs.scale), points >= self.proof.floors[mentee]
        gains = sorted((counted - self.proof.prices.prices[mentors] + self.proof.prices.base)[reaching].tolist())
        wanted = int(self.pairs.wanted[mentee])
        self.most_total += sum(max(gain, 0) for gain in gains[max(0, len(gains) - wanted) :])
        for mentor in self.own.get(mentee, ()):
            index = np.flatnonzero((mentors == mentor) & reaching)
            if not index.size:
                raise Refuted("forbidden_pair", f"mentee {mentee} must not have mentor {mentor}")
            self.found += 1
            self.total += int(counted[index[0]])

    def conclude(self) -> None:
        """Compare what was seen with what is claimed."""
        claim = self.claim
        self._check_capacities()
        if (claim.size, claim.total) != (self.found, self.total):
            raise Refuted("wrong_sum", f"size and total are {self.found} and {self.total}")
        if claim.is_size_proved and self.most[0] != claim.size:
            raise Refuted("not_maximum", f"the proof lets {self.most[0]} be matched, not {claim.size}")
        if claim.is_worst_proved and any(most >= claim.size for most in self.most[1:]):
            raise Refuted("not_best_worst", "the proof lets the worst match be better")
        if self.most_total > claim.bounds.total:
            raise Refuted("wrong_bound", f"the proof lets the total be {self.most_total}, not {claim.bounds.total}")

    def _check_capacities(self) -> None:
        for mentee, mentors in self.own.items():
            if len(mentors) > self.pairs.wanted[mentee] or len({*mentors}) < len(mentors):
                raise Refuted("over_capacity", f"mentee {mentee} has too many mentors, or one of them twice")
        for mentor, taken in Counter(one for mentors in self.own.values() for one in mentors).items():
            if taken > self.pairs.seats[mentor]:
                raise Refuted(
                    "over_capacity", f"mentor {mentor} has {taken} mentees for {self.pairs.seats[mentor]} seats"
                )
