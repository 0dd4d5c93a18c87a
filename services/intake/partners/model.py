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

    @property
    def partner_ids(self) -> list[str]:
        """The same, in a certain order."""
        return sorted(self.people)

    def live_matches(self, person_id: str) -> list[str]:
        """List the matches with somebody that are open or accepted."""
        live = (Stage.OPEN, Stage.ACCEPTED)
        return [id for id, one in self.matches.items() if one.person_id == person_id and one.stage in live]

    def take_over(self, other: "Partners") -> None:
        """Have the matches of another card of the person, which has none then; none with that card itself."""
        every = {**other.matches, **self.matches}
        self.matches = {id: one for id, one in every.items() if one.person_id not in (self.id, other.id)}
        other.matches = {}

    def rename(self, merged_id: str, person_id: str) -> None:
        """Be matched with the card of somebody that has stayed."""
        self.matches = {
            id: one.model_copy(update={"person_id": person_id}) if one.person_id == merged_id else one
            for id, one in self.matches.items()
        }

    def note(self, match_id: str, match: PartnerMatch) -> None:
        """Keep how far a match has come; what is over stays so."""
        known = self.matches.get(match_id)
        if known is None or known.stage is not Stage.OVER:
            self.matches = {**self.matches, match_id: match}
