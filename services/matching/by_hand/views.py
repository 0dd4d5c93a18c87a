"""What is shown of matching by hand."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from pydantic import Field

from services.matching.algorithm.scored_pairs import SCALE
from services.matching.by_hand.previews import Preview
from services.matching.by_hand.proposable import Candidate, Objection
from services.matching.pool.model.program_criteria import Score
from services.matching.proposals.model.explanations import ReasonView, reasons_shown
from services.matching.proposals.model.fit import Fit
from shared.contracts.intake import PROFILE_FACTS
from shared.web.names import Named


class CandidateView(Named):
    """A mentor who may be proposed by hand. `matched` of the `seats` are taken, `open` are asked about."""

    mentor_application_id: str
    mentor_id: str
    score: float
    coverage: float
    reasons: list[ReasonView]
    seats: int
    matched: int
    open: int
    objections: list[Objection] = Field(description="Why no run and no search would propose the two now")

    @classmethod
    def of(cls, candidate: Candidate) -> Self:
        """Show it."""
        return cls(
            mentor_application_id=candidate.mentor.id,
            mentor_id=candidate.mentor.person_id,
            score=candidate.score.points / SCALE,
            coverage=candidate.score.coverage,
            reasons=_reasons(candidate.score),
            seats=candidate.mentor.seats,
            matched=len(candidate.held.accepted),
            open=len(candidate.held.open),
            objections=[*candidate.objections],
        )

    def people(self) -> Iterable[str]:
        """The mentor."""
        return (self.mentor_id,)


class ProposalPreview(Named):
    """What proposing two to each other by hand would be now."""

    mentor_application_id: str
    mentee_application_id: str
    mentor_id: str
    mentee_id: str
    score: float | None = Field(description="Null if the profiles cannot be compared")
    coverage: float
    reasons: list[ReasonView]
    needs_despite_score: bool = Field(description="Whether it has to be proposed with `despite_score`")
    answer_by: datetime = Field(description="Until when the two could answer")
    refusal: str | None = Field(description="The code of what forbids it; null if nothing does")
    detail: str | None = Field(description="What forbids it, in a sentence")
    mentee_version: int = Field(description="For `mentee_version` of the proposal: what was seen of the mentee")

    @classmethod
    def of(cls, found: Preview) -> Self:
        """Show it."""
        mentor, mentee, score, refusal = found.two.mentor, found.two.mentee, found.score, found.refusal
        return cls(
            mentor_application_id=mentor.participant.id,
            mentee_application_id=mentee.participant.id,
            mentor_id=mentor.participant.person_id,
            mentee_id=mentee.participant.person_id,
            score=score.points / SCALE if score else None,
            coverage=score.coverage if score else 0,
            reasons=_reasons(score) if score else [],
            needs_despite_score=found.needs_despite_score,
            answer_by=found.answer_by,
            refusal=refusal.code if refusal else None,
            detail=str(refusal) if refusal else None,
            mentee_version=found.two.requests.version,
        )

    def people(self) -> Iterable[str]:
        """The two."""
        return self.mentor_id, self.mentee_id


def _reasons(score: Score) -> list[ReasonView]:
    return reasons_shown(Fit.of(score).reasons, score.reasons, PROFILE_FACTS)
