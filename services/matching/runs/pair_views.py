"""What is shown of the pairs of a run, and of those whom it has not matched."""

from collections.abc import Iterable, Mapping
from typing import Self

from pydantic import BaseModel, Field

from services.matching.algorithm.score_parts import prior_of
from services.matching.algorithm.scored_pairs import SCALE
from services.matching.pool.model.program_criteria import Score
from services.matching.proposals.model.explanations import ReasonView, reasons_shown, why_unmatched
from services.matching.proposals.next_mentor import PROPOSED
from services.matching.runs.model.run_result import RunOther, RunPair, UnmatchedPerson
from shared.contracts.intake import PROFILE_FACTS, Role
from shared.web.names import Named


class ShareView(BaseModel):
    """One criterion's part in a score: `value` in [0, 1] times `weight`, as a share of the weights that both stated."""

    criterion: str
    value: float
    weight: float
    contribution: float


class OtherView(BaseModel):
    """The best other mentor whom a mentee could have: `gain` is how much better the two would fit, below 0 worse.

    `price` is what all others would lose together if the mentee had this one, as the objective counts: null where there
    is nothing to gain, where fewer could be matched then or one of the others worse than anybody is, and in runs of
    another strategy than `optimal`. If it is not exact, it may be more.
    """

    mentor_application_id: str
    mentor_id: str | None
    score: float
    gain: float
    price: float | None
    is_price_exact: bool

    @classmethod
    def of(cls, other: RunOther, own_points: int, people: Mapping[str, str]) -> Self:
        """Show it beside the points of the mentee's own pair."""
        return cls(
            mentor_application_id=other.mentor_application_id,
            mentor_id=people.get(other.mentor_application_id),
            score=other.points / SCALE,
            gain=(other.points - own_points) / SCALE,
            price=None if other.lost is None else other.lost / SCALE,
            is_price_exact=other.is_exact,
        )


class PairView(Named):
    """Two whom a run has matched; `pinned` if it had to. `outcome` is null before the run is published.

    Then it is `proposed`, or the code of what stood against it by that time. The contributions of the `shares` and the
    `prior`, which stands for what is not known, add up to the score.
    """

    mentor_application_id: str
    mentee_application_id: str
    mentor_id: str | None = Field(description="The person; null if they are not known here any more")
    mentee_id: str | None = Field(description="As above")
    score: float
    coverage: float
    prior: float
    shares: list[ShareView]
    other: OtherView | None = Field(description="Null if nobody else is allowed, and in runs of earlier versions")
    pinned: bool
    outcome: str | None
    match_id: str | None = Field(description="The match, once it is proposed")

    @classmethod
    def of(cls, pair: RunPair, people: Mapping[str, str]) -> Self:
        """Show it; `people` are the people by their applications."""
        kept = {*ShareView.model_fields}
        return cls(
            mentor_application_id=pair.mentor_application_id,
            mentee_application_id=pair.mentee_application_id,
            mentor_id=people.get(pair.mentor_application_id),
            mentee_id=people.get(pair.mentee_application_id),
            score=pair.fit.score,
            coverage=pair.fit.coverage,
            prior=round(prior_of(pair.fit.coverage), 6),
            shares=[ShareView(**share.model_dump(include=kept)) for share in pair.fit.reasons],
            other=OtherView.of(pair.other, pair.fit.points, people) if pair.other else None,
            pinned=pair.is_pinned,
            outcome=pair.outcome or None,
            match_id=pair.match_id if pair.outcome == PROPOSED else None,
        )

    def people(self) -> Iterable[str]:
        """The two and the other mentor, as far as they are known."""
        ids = self.mentor_id, self.mentee_id, self.other.mentor_id if self.other else None
        return (id for id in ids if id)


class ExplainedPair(PairView):
    """A pair with what the two state today, by criterion, and the languages that both speak."""

    reasons: list[ReasonView]
    languages: list[str]

    @classmethod
    def explained(cls, pair: RunPair, people: Mapping[str, str], today: Score | None) -> Self:
        """Show it; `today` is how the two compare now, None if that cannot be said."""
        return cls(
            **dict(PairView.of(pair, people)),
            reasons=reasons_shown(pair.fit.reasons, today.reasons if today else (), PROFILE_FACTS),
            languages=list(today.languages) if today else [],
        )


class UnmatchedView(Named):
    """Somebody whom a run has not matched, and why."""

    application_id: str
    person_id: str
    role: Role
    reason: str
    figures: Mapping[str, int]
    words: str

    @classmethod
    def of(cls, one: UnmatchedPerson) -> Self:
        """Show it."""
        kept = one.model_dump(include={"application_id", "person_id", "role", "reason", "figures"})
        return cls(**kept, words=why_unmatched(one.reason, one.figures))

    def people(self) -> Iterable[str]:
        """Who it is."""
        return (self.person_id,)
