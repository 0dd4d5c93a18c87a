"""A second opinion on a matching: a plain look at one mentee after the other, knowing nothing of how it was found."""

from collections import Counter

import numpy as np

from services.matching.algorithm.counts import Counts
from services.matching.algorithm.objective import worth
from services.matching.algorithm.optimal import Optimal
from services.matching.algorithm.pairs import Indexes, Numbers, Pairs


class Refuted(Exception):
    """A matching is not what it claims to be. `code` says in what."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def verify(pairs: Pairs, claim: Optimal) -> None:
    """Prove that the matching breaks no constraint, and that counts, worst and total are what the claim says.

    The prices and cuts of the claim are taken as given: wrong ones cannot prove anything false. Raises `Refuted`.
    """
    look = _Look(pairs, claim)
    for block in pairs.blocks():
        for row, points in zip(block.rows.tolist(), block.points, strict=True):
            allowed = points >= 0
            look.at(row, block.columns[allowed], points[allowed].astype(np.int64))
    look.conclude()


class _Look:
    """What a look at all pairs has counted so far."""

    def __init__(self, pairs: Pairs, claim: Optimal) -> None:
        self.pairs, self.claim, self.proof = pairs, claim, claim.proof
        self.own: dict[int, list[int]] = {}
        for mentee, mentor in claim.matched.index_pairs():
            self.own.setdefault(mentee, []).append(mentor)
        self.capacities = self.proof.capacities(pairs)
        self.found = self.total = 0
        self.limits = (*self.proof.most, *self.proof.worst)
        self.most = [limit.bound(self.capacities) for limit in self.limits]
        self.most_total = sum(self._most_of_mentor(mentor) for mentor in range(len(pairs.seats)))

    def at(self, mentee: int, mentors: Indexes, points: Numbers) -> None:
        """A mentee with all mentors who are allowed."""
        for at, limit in enumerate(self.limits):
            if limit.cut.mentees[mentee]:
                self.most[at] += int((~limit.cut.mentors[mentors] & (points >= limit.floors[mentee])).sum())
        counted, reaching = worth(points, self.proof.total, self.pairs.scale), points >= self.proof.floors[mentee]
        gains = (counted - self.proof.prices.prices[mentors] + self.proof.prices.base)[reaching].tolist()
        self.most_total += self._most_of_mentee(mentee, sorted(gains, reverse=True))
        for mentor in self.own.get(mentee, ()):
            index = np.flatnonzero((mentors == mentor) & reaching)
            if not index.size:
                raise Refuted("forbidden_pair", f"mentee {mentee} must not have mentor {mentor}")
            self.found += 1
            self.total += int(counted[index[0]])

    def _most_of_mentee(self, mentee: int, gains: list[int]) -> int:
        """What a mentee contributes at most; whoever had nobody contributes something extra by the first mentor."""
        extra = int(self.capacities.alone[mentee]) * self.proof.prices.mentee_base
        best = gains[: int(self.pairs.wanted[mentee])]
        return max(best[0] + extra, 0) + sum(max(gain, 0) for gain in best[1:]) if best else 0

    def _most_of_mentor(self, mentor: int) -> int:
        """What the seats of a mentor contribute at most."""
        price, first = int(self.proof.prices.prices[mentor]), int(self.capacities.idle[mentor])
        further = int(self.capacities.seats[mentor]) - first
        return first * max(price + self.proof.prices.mentor_base, 0) + further * max(price, 0)

    def conclude(self) -> None:
        """Compare what was seen with what is claimed."""
        claim = self.claim
        self._check_capacities()
        counts = self._counts()
        if (claim.counts, claim.total) != (counts, self.total):
            raise Refuted("wrong_sum", f"counts and total are {counts} and {self.total}")
        most, above = self.most[: len(self.proof.most)], self.most[len(self.proof.most) :]
        proved = {limit.counted: bound for limit, bound in zip(self.proof.most, most, strict=True)}
        needed = {counted: counts.of(counted) for counted in self.capacities.counted}
        if claim.is_size_proved and proved != needed:
            raise Refuted("not_maximum", f"the proof lets {proved} be matched, not {needed}")
        limits = zip(self.proof.worst, above, strict=True)
        if claim.is_worst_proved and any(bound >= counts.of(limit.counted) for limit, bound in limits):
            raise Refuted("not_best_worst", "the proof lets the worst match be better")
        prices = self.proof.prices
        bases = (prices.base, prices.mentee_base, prices.mentor_base)
        most_total = self.most_total - sum(base * count for base, count in zip(bases, counts, strict=True))
        if most_total > claim.bounds.total:
            raise Refuted("wrong_bound", f"the proof lets the total be {most_total}, not {claim.bounds.total}")

    def _counts(self) -> Counts:
        """Count pairs, and the people in them who had nobody."""
        mentees = [mentee for mentee in self.own if self.capacities.alone[mentee]]
        mentors = {one for mentors in self.own.values() for one in mentors if self.capacities.idle[one]}
        return Counts(self.found, len(mentees), len(mentors))

    def _check_capacities(self) -> None:
        for mentee, mentors in self.own.items():
            if len(mentors) > self.pairs.wanted[mentee] or len({*mentors}) < len(mentors):
                raise Refuted("over_capacity", f"mentee {mentee} has too many mentors, or one of them twice")
        for mentor, taken in Counter(one for mentors in self.own.values() for one in mentors).items():
            if taken > self.pairs.seats[mentor]:
                raise Refuted(
                    "over_capacity", f"mentor {mentor} has {taken} mentees for {self.pairs.seats[mentor]} seats"
                )
