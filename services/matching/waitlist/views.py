"""What is shown of the waitlist."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Self

from pydantic import Field

from services.matching.pool.model.participant import Participant
from services.matching.proposals.model.explanations import why_unmatched
from services.matching.proposals.model.requests import MenteeRequests
from shared.contracts.intake import Role
from shared.web.names import Named


class WaitingView(Named):
    """Somebody who takes part and has nobody to answer to, and why; or a mentee who has room for another mentor."""

    application_id: str
    person_id: str
    role: Role
    reason: str
    figures: Mapping[str, int] = Field(description="What the reason counts, for whoever says it in other words")
    words: str
    since: datetime | None = Field(description="Since when the person waits without a match")
    told: int = Field(description="How often the person was told so, once at first and then at most every 30 days")
    told_at: datetime | None = Field(description="When the person was told so last")
    next_look_at: datetime | None = Field(
        description="When somebody is looked for again at the latest; as soon as a seat is free, it is done before"
    )

    @classmethod
    def of(cls, participant: Participant, mentee: MenteeRequests | None = None) -> Self:
        """Show it; a mentee's reason is that of the latest search."""
        wait = participant.wait
        reason, figures = (mentee.reason, mentee.figures) if mentee else (wait.reason, wait.figures)
        return cls(
            application_id=participant.id,
            person_id=participant.person_id,
            role=participant.role,
            reason=reason,
            figures=figures,
            words=why_unmatched(reason, figures),
            since=wait.since,
            told=wait.told,
            told_at=wait.told_at,
            next_look_at=wait.look_at if participant.is_waiting else None,
        )

    def people(self) -> Iterable[str]:
        """Who waits."""
        return (self.person_id,)
