"""What is shown of the waitlist."""

from typing import Self

from pydantic import BaseModel

from services.matching.proposals.model.explanations import why_unmatched
from services.matching.proposals.model.requests import MenteeRequests


class WaitingView(BaseModel):
    """A mentee who has room for a mentor and no open request, and why."""

    application_id: str
    reason: str
    words: str

    @classmethod
    def of(cls, mentee: MenteeRequests) -> Self:
        """Show it."""
        words = why_unmatched(mentee.reason, mentee.figures)
        return cls(application_id=mentee.id, reason=mentee.reason, words=words)
