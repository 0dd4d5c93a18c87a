"""What is shown of choices."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from services.matching.algorithm.scored_pairs import SCALE
from services.matching.choices.mentor_choices import Choice
from services.matching.choices.model import Exclusion, ExclusionReason
from services.matching.pool.model.participant import Participant
from services.matching.proposals.model.explanations import ReasonView, reasons_shown
from services.matching.proposals.model.fit import Fit
from services.matching.proposals.model.requests import MenteeRequests
from shared.web.names import Named

People = Mapping[str, Participant]
"""Who has which application."""


class OfTwo(Named):
    """What those who run a program wish of two, by their applications."""

    mentor_application_id: str
    mentee_application_id: str
    mentor_id: str
    mentee_id: str

    def people(self) -> Iterable[str]:
        """The two."""
        return self.mentor_id, self.mentee_id


class ExclusionView(OfTwo):
    """Two who are never proposed to each other."""

    reason: ExclusionReason | None
    added_by: str
    added_at: datetime

    @classmethod
    def of(cls, exclusion: Exclusion, people: People) -> Self:
        """Show it."""
        kept = exclusion.model_dump(include={*cls.model_fields})
        return cls(**kept, **_who(people, exclusion.mentor_application_id, exclusion.mentee_application_id))


class PinView(OfTwo):
    """Two who are matched by the next run, or search, even if others fit better."""

    @classmethod
    def of(cls, requests: MenteeRequests, people: People) -> Self:
        """Show whom a mentee is pinned to."""
        mentor, mentee = requests.pinned or "", requests.id
        applications = {"mentor_application_id": mentor, "mentee_application_id": mentee}
        return cls(**applications, **_who(people, mentor, mentee))


class Ranked(BaseModel):
    """A mentor whom a mentee has ranked."""

    mentor_application_id: str
    mentor_id: str


class RankingView(Named):
    """The mentors whom a mentee has ranked and who were not asked yet, and how many are asked at once."""

    mentee_application_id: str
    ranked: list[Ranked]
    open: int = Field(description="About how many mentors the mentee is asked now")
    open_requests: int = Field(description="How many the program allows at once")
    wanted: int = Field(description="How many mentors the mentee still wants")

    @classmethod
    def of(cls, requests: MenteeRequests, people: People, open_requests: int) -> Self:
        """Show it."""
        ranked = [Ranked(mentor_application_id=id, mentor_id=people[id].person_id) for id in requests.ranked]
        return cls(
            mentee_application_id=requests.id,
            ranked=ranked,
            open=len(requests.open),
            open_requests=open_requests,
            wanted=max((requests.capacity or 1) - len(requests.accepted), 0),
        )

    def people(self) -> Iterable[str]:
        """The mentors."""
        return (one.mentor_id for one in self.ranked)


def _who(people: People, mentor: str, mentee: str) -> dict[str, str]:
    return {"mentor_id": people[mentor].person_id, "mentee_id": people[mentee].person_id}


class ChoiceView(Named):
    """A mentor who has room for a mentee. `score` and `coverage` are those that a match of the two would have."""

    mentor_application_id: str
    mentor_id: str
    score: float
    coverage: float
    reasons: list[ReasonView]
    languages: list[str]

    @classmethod
    def of(cls, choice: Choice, facts: Collection[str]) -> Self:
        """Show it, with these facts of what the two state."""
        score = choice.score
        return cls(
            mentor_application_id=choice.mentor.id,
            mentor_id=choice.mentor.person_id,
            score=score.points / SCALE,
            coverage=score.coverage,
            reasons=reasons_shown(Fit.of(score).reasons, score.reasons, facts),
            languages=list(score.languages) if "languages" in facts else [],
        )

    def people(self) -> Iterable[str]:
        """The mentor."""
        return (self.mentor_id,)
