"""What the two of a match see of each other: the name, and of the profile what their program shows."""

from collections.abc import Collection, Sequence
from typing import Self

from pydantic import BaseModel, Field

from services.matching.pool.model.profile import ProfileCopy
from services.matching.proposals.model.match import Match
from services.matching.proposals.model.match_status import MatchStatus
from shared.contracts.intake import MeetingFormat, Role
from shared.engine.authoring.called import Called


class ShownProfile(BaseModel):
    """Of a profile what the program shows; the rest is null, like what was not stated."""

    meeting_format: MeetingFormat | None = None
    languages: Sequence[str] | None = None
    areas: Sequence[str] | None = None
    programming_languages: Sequence[str] | None = None
    goals: Sequence[str] | None = None
    experience: str | None = None
    years: float | None = None
    hours_per_month: float | None = None
    months_available: Sequence[int] | None = None
    time_zone: str | None = None

    @classmethod
    def of(cls, profile: ProfileCopy, facts: Collection[str]) -> Self:
        """Show these facts of it."""
        return cls.model_validate(profile.model_dump(include=cls.model_fields.keys() & {*facts}))


class PartnerView(BaseModel):
    """The other one of a match. How to reach them is not in here: they tell each other by mail, if they want to."""

    person_id: str
    role: Role
    name: str | None = Field(description="Null for somebody who is gone")
    pronouns: str | None
    profile: ShownProfile | None = Field(description="While the match is open or accepted")

    @classmethod
    def of(cls, match: Match, role: Role, called: Called | None, profile: ShownProfile | None) -> Self:
        """Show the one in that role."""
        return cls(
            person_id=match.mentor_id if role is Role.MENTOR else match.mentee_id,
            role=role,
            name=called.name if called else None,
            pronouns=(called.pronouns or None) if called else None,
            profile=profile,
        )


def sees_profile(match: Match) -> bool:
    """Return whether the two still see each other's profiles."""
    return match.is_open or match.status is MatchStatus.ACCEPTED
