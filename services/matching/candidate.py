"""A participant as matching sees one, cleaned once so that everything after can compare without a thought."""

import unicodedata
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared.clock import zone
from shared.contracts.intake import MeetingFormat, Role
from shared.ids import ApplicationId, PersonId


def fold(text: str) -> str:
    """One spelling of a word whatever its case, width, blanks and encoding of accents (NFKC, case folded)."""
    caseless = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", caseless).split())


def _fold_all(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({fold(word) for word in words} - {""}))


def _existing_zone(name: str | None) -> str | None:
    return None if name is None else zone(name).key


Words = Annotated[tuple[str, ...], AfterValidator(_fold_all)]
LanguageCode = Annotated[str, StringConstraints(to_lower=True, pattern=r"^[A-Za-z]{2,3}$")]
Languages = Annotated[tuple[LanguageCode, ...], AfterValidator(_fold_all)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Candidate(BaseModel):
    """What matching knows of a participant. What the person did not state is None or empty: no data, never a zero.

    `id` is the application's. `seats` are the long-term mentees that a mentor can still take, and 1 for a mentee.
    `goals` are wished by a mentee and supported by a mentor; `years` are of experience. `languages` are ISO 639 codes.
    Words are folded and sorted, so that equal statements are equal candidates.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: ApplicationId = Field(min_length=1)
    person_id: PersonId = Field(min_length=1)
    role: Role
    seats: int = Field(ge=0, strict=True)
    format: MeetingFormat
    languages: Languages = ()
    areas: Words = ()
    programming_languages: Words = ()
    goals: Words = ()
    years: Amount | None = None
    experience: str | None = None
    time_zone: Annotated[str | None, AfterValidator(_existing_zone)] = None
    hours_per_month: Amount | None = None

    @model_validator(mode="after")
    def _mentee_has_one_seat(self) -> Self:
        if self.role is Role.MENTEE and self.seats != 1:
            raise ValueError(f"seats of a mentee must be 1, not {self.seats}")
        return self
