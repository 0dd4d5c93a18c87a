"""What an applicant states for matching, and which program and role they apply for."""

from typing import Self

from pydantic import BaseModel, ConfigDict

from shared.contracts.intake import MeetingFormat, Role


class Participation(BaseModel):
    """Who takes part in which program, and in which role."""

    model_config = ConfigDict(frozen=True)

    program_id: str
    person_id: str
    role: Role


class MatchingProfile(BaseModel):
    """What matching needs to know. What nobody stated is None or empty; the fields are those of `Profile`.

    `language_levels` say how well a language is spoken, by its code. `seats` are a mentor's, `mentors` a mentee's: how
    many matches the person can have at once.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    meeting_format: MeetingFormat | None = None
    seats: int | None = None
    mentors: int | None = None
    languages: tuple[str, ...] = ()
    language_levels: dict[str, str] | None = None
    areas: tuple[str, ...] = ()
    programming_languages: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    experience: str | None = None
    years: float | None = None
    hours_per_month: float | None = None
    months_available: tuple[int, ...] = ()
    time_zone: str | None = None

    def stated(self) -> dict[str, object]:
        """Return only what was stated."""
        return {name: value for name, value in self.model_dump().items() if value not in (None, ())}

    def with_zone(self, time_zone: str) -> "MatchingProfile":
        """Copy the profile with the time zone of the person, unless it states one of its own."""
        return self if self.time_zone else self.model_copy(update={"time_zone": time_zone or None})

    def revised(self, newer: Self) -> "MatchingProfile":
        """Copy the profile with all that a newer one states; what that leaves open stays as it was."""
        return MatchingProfile.model_validate(self.stated() | newer.stated())
