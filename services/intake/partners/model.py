"""With whom a person is or was matched."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from shared.engine.authoring.aggregate import Aggregate


class Stage(StrEnum):
    """How far a match has come: the two are asked about it, have accepted it, or it is over."""

    OPEN = "open"
    ACCEPTED = "accepted"
    OVER = "over"


class PartnerMatch(BaseModel):
    """A match with somebody."""

    model_config = ConfigDict(frozen=True)

    person_id: str
    program_id: str
    stage: Stage


class Partners(Aggregate, name="partners"):
    """The matches of a person, by their ids; its id is the person's.

    What is over stays: the two have learned each other's names.
    """

    matches: dict[str, PartnerMatch] = Field(default_factory=dict)

    @property
    def people(self) -> set[str]:
        """With whom the person is or was matched."""
        return {one.person_id for one in self.matches.values()}

    def note(self, match_id: str, match: PartnerMatch) -> None:
        """Keep how far a match has come; what is over stays so."""
        known = self.matches.get(match_id)
        if known is None or known.stage is not Stage.OVER:
            self.matches = {**self.matches, match_id: match}
