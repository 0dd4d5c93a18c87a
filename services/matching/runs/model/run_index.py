"""In which order the pairs of a run can be looked at, and which of them: without the pairs themselves."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from pydantic import Field

from services.matching.algorithm.changes import Scored
from services.matching.algorithm.scored_pairs import SCALE
from services.matching.runs.model.run_result import RunPair
from shared.engine.authoring.aggregate import Aggregate
from shared.ids import ApplicationId

PairOrder = Literal["score", "-score", "price", "-price"]
"""By which the pairs of a run are sorted; with a `-`, the highest first."""


class PairFilter(NamedTuple):
    """Which pairs are looked at: with a score below, of whom, with a better mentor elsewhere, pinned."""

    below: float | None = None
    applications: frozenset[str] | None = None
    better: bool = False
    pinned: bool = False


class RunIndex(Aggregate, name="run_index"):
    """The pairs of a run in the order of its slices, the weakest first: a column for each thing to look for.

    `points` are their scores, `gains` what the mentee would have more with the best other mentor (0 for nothing), for
    the price `costs`; None where that is not known. `pinned` are the places of pairs that somebody has chosen.
    """

    mentees: list[ApplicationId] = Field(default_factory=list)
    mentors: list[ApplicationId] = Field(default_factory=list)
    points: list[int] = Field(default_factory=list)
    gains: list[int] = Field(default_factory=list)
    costs: list[int | None] = Field(default_factory=list)
    pinned: list[int] = Field(default_factory=list)

    @classmethod
    def of(cls, pairs: Sequence[RunPair]) -> "RunIndex":
        """Make the index of pairs that are in their order."""
        index = cls()
        index.fill(pairs)
        return index

    def fill(self, pairs: Sequence[RunPair]) -> None:
        """Keep where which pair is."""
        self.mentees = [pair.mentee_application_id for pair in pairs]
        self.mentors = [pair.mentor_application_id for pair in pairs]
        self.points = [pair.fit.points for pair in pairs]
        self.gains = [max(pair.other.points - pair.fit.points, 0) if pair.other else 0 for pair in pairs]
        self.costs = [pair.other.lost if pair.other else None for pair in pairs]
        self.pinned = [at for at, pair in enumerate(pairs) if pair.is_pinned]

    def places(self, order: PairOrder, which: PairFilter) -> list[int]:
        """List the places of these pairs in an order; where there is no price to sort by, they come last."""
        found = [*self._chosen(which)]
        if order.endswith("score"):
            return sorted(found, key=lambda at: self.points[at], reverse=order.startswith("-"))
        sign = -1 if order.startswith("-") else 1
        return sorted(found, key=lambda at: (not self._has_price(at), sign * (self.costs[at] or 0), self.points[at]))

    def place(self, mentee: str, mentor: str) -> int | None:
        """Find the place of a pair."""
        pairs = enumerate(zip(self.mentees, self.mentors, strict=True))
        return next((at for at, pair in pairs if pair == (mentee, mentor)), None)

    def scored(self) -> list[Scored]:
        """List the pairs with their scores."""
        columns = zip(self.mentees, self.mentors, self.points, strict=True)
        return [Scored(mentee, mentor, points / SCALE) for mentee, mentor, points in columns]

    def _has_price(self, at: int) -> bool:
        return self.gains[at] > 0 and self.costs[at] is not None

    def _chosen(self, which: PairFilter) -> Iterable[int]:
        pinned = {*self.pinned}
        least = None if which.below is None else round(which.below * SCALE)
        for at, points in enumerate(self.points):
            people = which.applications
            if (
                (least is None or points < least)
                and (people is None or self.mentees[at] in people or self.mentors[at] in people)
                and (not which.better or self.gains[at] > 0)
                and (not which.pinned or at in pinned)
            ):
                yield at
