"""What is shown of matches."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from services.matching.pool.model.program_criteria import Score
from services.matching.proposals.model.conversation import ProposalMessage
from services.matching.proposals.model.explanations import ReasonView, reasons_shown
from services.matching.proposals.model.match import Match
from services.matching.proposals.model.match_status import DeclineReason, MatchStatus, UnwindReason
from services.matching.proposals.model.seats import MentorSeats
from shared.contracts.intake import PROFILE_FACTS, Role
from shared.web.names import Named


class MatchView(Named):
    """A match. `score` is in [0, 1]; `coverage` is the share of the criteria's weights that both have data for."""

    id: str
    version: int
    program_id: str
    run_id: str | None
    mentor_id: str
    mentee_id: str
    mentor_application_id: str
    mentee_application_id: str
    status: MatchStatus
    score: float
    coverage: float
    proposed_at: datetime
    expires_at: datetime = Field(description="Until when both can answer")
    messages: int = Field(description="How many messages the two have exchanged about it")
    extensions_left: int = Field(description="How often its clock may still stop for 7 days")
    closed_at: datetime | None
    ended_at: datetime | None = Field(description="When an accepted match has ended early")
    declined_by: Role | None

    @classmethod
    def of(cls, match: Match) -> Self:
        """Show it."""
        kept = match.model_dump(
            include=cls.model_fields.keys() - {"version", "score", "coverage", "extensions_left", "names"}
        )
        return cls(
            **kept,
            version=match.version,
            score=match.fit.score,
            coverage=match.fit.coverage,
            extensions_left=match.extensions_left,
        )

    def people(self) -> Iterable[str]:
        """The two."""
        return self.mentor_id, self.mentee_id


class MessageView(BaseModel):
    """What one of the two of a match has written to the other."""

    by: Role
    at: datetime
    text: str

    @classmethod
    def of(cls, message: ProposalMessage) -> Self:
        """Show it."""
        return cls(by=message.by, at=message.at, text=message.text)


class SeatsView(BaseModel):
    """A mentor's seats: how many there are, how many are taken, and of how many proposals there is no answer yet."""

    total: int
    taken: int
    asked: int

    @classmethod
    def of(cls, total: int, seats: MentorSeats) -> Self:
        """Count them."""
        return cls(total=total, taken=len(seats.accepted), asked=len(seats.open))


class ExplainedMatch(MatchView):
    """A match with the reasons for it. `languages` are those that both speak, where both have said so."""

    seats: SeatsView | None = Field(None, description="The mentor's, for the mentor and those who run the program")

    reasons: list[ReasonView]
    languages: list[str]
    decline_reason: DeclineReason | None = Field(description="For those who run the program only")
    unwind_reason: UnwindReason | None = Field(description="For those who run the program only")

    @classmethod
    def explained(cls, match: Match, today: Score | None, facts: Collection[str] | None) -> Self:
        """Show it; `today` is how the two compare now, None if that cannot be said.

        Of what they state, the two themselves see the `facts` that their program shows; None for those who run it.
        """
        is_for_staff, facts = facts is None, PROFILE_FACTS if facts is None else facts
        return cls(
            **dict(MatchView.of(match)),
            reasons=reasons_shown(match.fit.reasons, today.reasons if today else (), facts),
            languages=list(today.languages) if today and "languages" in facts else [],
            decline_reason=match.decline_reason if is_for_staff else None,
            unwind_reason=match.unwind_reason if is_for_staff else None,
        )
