"""What two write to each other before they decide: it never leaves the service, and only the two read it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from services.matching.proposals.model.match import Match
from shared.contracts.intake import Role
from shared.contracts.matching import MatchQuestionAsked
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal

MOST_MESSAGES = 20


class ConversationFull(Refusal):
    """So many messages are enough to decide on."""


class ProposalMessage(BaseModel):
    """What one of the two has written."""

    model_config = ConfigDict(frozen=True, extra="allow")

    by: Role
    at: datetime
    text: str


class Conversation(Aggregate, name="conversation"):
    """The messages about a proposal; its id is that of the match."""

    messages: list[ProposalMessage] = Field(default_factory=list)

    def write(self, match: Match, by: str, text: str, at: datetime) -> MatchQuestionAsked:
        """Write to the other side while both may still answer; raises `ConversationFull`."""
        match.side_of(by)
        if len(self.messages) >= MOST_MESSAGES:
            raise ConversationFull(f"You have exchanged {MOST_MESSAGES} messages: accept or decline the proposal.")
        asked = match.ask_back(by, at)
        self.messages.append(ProposalMessage(by=asked.asked_by, at=at, text=text))
        return asked

    def forget(self, side: Role) -> bool:
        """Take out what one side has written; returns whether there was anything."""
        before = self.messages
        self.messages = [one.model_copy(update={"text": ""}) if one.by is side else one for one in before]
        return self.messages != before
