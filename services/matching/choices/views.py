"""What is shown of choices."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from services.matching.algorithm.scored_pairs import SCALE
from services.matching.choices.mentor_choices import Choice
from services.matching.choices.model import Exclusion, ExclusionReason
from services.matching.proposals.model.explanations import ReasonView, reasons_shown
from services.matching.proposals.model.fit import Fit
from shared.web.names import Named


class ExclusionView(BaseModel):
    """Two who are never proposed to each other."""

    mentor_application_id: str
    mentee_application_id: str
    reason: ExclusionReason | None
    added_by: str
    added_at: datetime

    @classmethod
    def of(cls, exclusion: Exclusion) -> Self:
        """Show it."""
        return cls(**exclusion.model_dump(include={*cls.model_fields}))


class PinView(BaseModel):
    """Two whom the next run matches, even if others fit better."""

    mentor_application_id: str
    mentee_application_id: str


class ChoiceView(Named):
    """A mentor who has room for a mentee. `score` and `coverage` are those that a match of the two would have."""

    mentor_application_id: str
    mentor_id: str
    score: float
    coverage: float
    reasons: list[ReasonView]
    languages: list[str]

    @classmethod
    def of(cls, choice: Choice, facts: Collection[str]) -> Self:
        """Show it, with these facts of what the two state."""
        score = choice.score
        return cls(
            mentor_application_id=choice.mentor.id,
            mentor_id=choice.mentor.person_id,
            score=score.points / SCALE,
            coverage=score.coverage,
            reasons=reasons_shown(Fit.of(score).reasons, score.reasons, facts),
            languages=list(score.languages) if "languages" in facts else [],
        )

    def people(self) -> Iterable[str]:
        """The mentor."""
        return (self.mentor_id,)
