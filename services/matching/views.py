"""What is shown of matching."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from services.matching.algorithm.scoring import SCALE
from services.matching.comparing import Score
from services.matching.model.exclusion import Exclusion, ExclusionReason
from services.matching.model.match import DeclineReason, Match, MatchStatus, UnwindReason
from services.matching.model.places import MenteeRequests, MentorSeats
from services.matching.model.pool import PoolEntry, PoolStatus, ProfileCopy
from services.matching.options import Choice
from services.matching.words import why_matched, why_unmatched
from shared.contracts.intake import MeetingFormat, Role


class ParticipantView(BaseModel):
    """Somebody in the pool. `id` is the application's. `seats` are a mentor's, or how many mentors a mentee wants.

    `matched` of them have a match, and the person is asked about `open` more. `pinned` is the application of the mentor
    whom the next run gives to the mentee.
    """

    id: str
    person_id: str
    role: Role
    entered_at: datetime
    meeting_format: MeetingFormat | None
    seats: int
    matched: int
    open: int
    is_paused: bool
    pinned: str | None

    @classmethod
    def of(
        cls,
        entry: PoolEntry,
        profile: ProfileCopy | None,
        mentor: MentorSeats | None,
        mentee: MenteeRequests | None,
    ) -> Self:
        """As it is shown; what is not there yet is None."""
        profile = None if profile is None or profile.removed else profile
        mentor, mentee = mentor or MentorSeats(), mentee or MenteeRequests()
        return cls(
            **entry.model_dump(include={"id", "person_id", "role", "entered_at"}),
            meeting_format=profile.meeting_format if profile else None,
            seats=profile.places if profile else 0,
            matched=len(mentor.taken) + len(mentee.accepted),
            open=len(mentor.open) + len(mentee.open),
            is_paused=entry.status is PoolStatus.PAUSED,
            pinned=mentee.pinned,
        )


class WaitingView(BaseModel):
    """A mentee who was asked about somebody, and has room for a mentor and no open request now."""

    application_id: str
    reason: str
    words: str

    @classmethod
    def of(cls, mentee: MenteeRequests) -> Self:
        """As it is shown."""
        words = why_unmatched(mentee.reason, mentee.figures)
        return cls(application_id=mentee.id, reason=mentee.reason, words=words)


class ExclusionView(BaseModel):
    """Two who are never proposed to each other."""

    mentor_application_id: str
    mentee_application_id: str
    reason: ExclusionReason | None
    added_by: str
    added_at: datetime

    @classmethod
    def of(cls, exclusion: Exclusion) -> Self:
        """As it is shown."""
        return cls(**exclusion.model_dump(include={*cls.model_fields}))


class MatchView(BaseModel):
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
    expires_at: datetime
    closed_at: datetime | None
    ended_at: datetime | None = Field(description="When an accepted match has ended early")
    declined_by: Role | None

    @classmethod
    def of(cls, match: Match) -> Self:
        """As it is shown."""
        kept = match.model_dump(include=cls.model_fields.keys() - {"version", "score", "coverage"})
        return cls(**kept, version=match.version, score=match.fit.score, coverage=match.fit.coverage)


class ReasonView(BaseModel):
    """One criterion's part in the score, and in `words` what the two state today."""

    criterion: str
    value: float
    weight: float
    contribution: float
    words: str | None


class ChoiceView(BaseModel):
    """A mentor who has room for a mentee. `score` and `coverage` are those that a match of the two would have."""

    mentor_application_id: str
    mentor_id: str
    score: float
    coverage: float
    reasons: list[ReasonView]
    languages: list[str]

    @classmethod
    def of(cls, choice: Choice) -> Self:
        """As it is shown."""
        score = choice.score
        reasons = [ReasonView(**one._asdict(), words=why_matched(one.criterion, one.evidence)) for one in score.reasons]
        return cls(
            mentor_application_id=choice.mentor.id,
            mentor_id=choice.mentor.person_id,
            score=score.points / SCALE,
            coverage=score.coverage,
            reasons=reasons,
            languages=list(score.languages),
        )


class ExplainedMatch(MatchView):
    """A match with the reasons for it. `languages` are those that both speak, where both have said so."""

    reasons: list[ReasonView]
    languages: list[str]
    decline_reason: DeclineReason | None = Field(description="For those who run the program only")
    unwind_reason: UnwindReason | None = Field(description="For those who run the program only")

    @classmethod
    def explained(cls, match: Match, today: Score | None, is_for_staff: bool) -> Self:
        """As it is shown; `today` is how the two compare now, None if that cannot be said."""
        evidence = {reason.criterion: reason.evidence for reason in today.reasons} if today else {}
        reasons = [
            ReasonView(
                **share.model_dump(include={"criterion", "value", "weight", "contribution"}),
                words=why_matched(share.criterion, found) if (found := evidence.get(share.criterion)) else None,
            )
            for share in match.fit.reasons
        ]
        return cls(
            **dict(MatchView.of(match)),
            reasons=reasons,
            languages=list(today.languages) if today else [],
            decline_reason=match.decline_reason if is_for_staff else None,
            unwind_reason=match.unwind_reason if is_for_staff else None,
        )
