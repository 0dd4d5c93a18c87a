"""Whom a mentee was proposed to before, and what that means for being proposed again."""

from datetime import datetime, timedelta

from pydantic import Field

from services.matching.proposals.model.unavailable import MenteeChanged
from shared.engine.authoring.aggregate import Aggregate
from shared.ids import ApplicationId, MatchId

SILENCE_BARS = timedelta(days=30)
"""How long two are not proposed to each other again, save by hand, after a proposal that not both have answered."""


class AskedMentors(Aggregate):
    """The mentors whom a mentee was proposed to.

    `open` leads from a match to the mentor's application. Never asked again are mentors who were `asked_in_vain`, since
    one side said no, who are or were the mentee's (`met`), and who are `kept_apart`. Who was `unanswered`, since a
    proposal expired at a time, is not searched for `SILENCE_BARS`, unless somebody has `pinned` the two.
    """

    open: dict[MatchId, ApplicationId] = Field(default_factory=dict)
    asked_in_vain: list[ApplicationId] = Field(default_factory=list)
    unanswered: dict[ApplicationId, datetime] = Field(default_factory=dict)
    met: list[ApplicationId] = Field(default_factory=list)
    kept_apart: list[ApplicationId] = Field(default_factory=list)
    pinned: ApplicationId | None = None

    @property
    def excluded(self) -> set[ApplicationId]:
        """Mentors whom nobody may ask, because they are asked, one side said no, they have met or are kept apart."""
        return {*self.open.values(), *self.asked_in_vain, *self.met, *self.kept_apart}

    def barred(self, at: datetime) -> set[ApplicationId]:
        """Mentors who are not searched: nobody may ask them, or the last proposal has expired not long ago."""
        lately = {mentor for mentor, since in self.unanswered.items() if at < since + SILENCE_BARS}
        return self.excluded | lately - {self.pinned}

    def silent(self, at: datetime) -> set[ApplicationId]:
        """Mentors who may be asked once more after a proposal that has expired: if nobody else is left."""
        return self.unanswered.keys() - self.barred(at)

    def next_silent(self, at: datetime) -> datetime | None:
        """When the next mentor may be asked once more after a proposal that has expired."""
        moments = [since + SILENCE_BARS for mentor, since in self.unanswered.items() if mentor not in self.excluded]
        return min((moment for moment in moments if moment > at), default=None)

    def check_unchanged(self, version: int | None) -> None:
        """Raises `MenteeChanged` unless it is as whoever asks has seen it; None if they do not say what they saw."""
        if version not in (None, self.version):
            raise MenteeChanged(
                "Somebody else has asked this mentee about a mentor, or an answer has come, "
                "since you looked: look again.",
                version=self.version,
            )

    def readmit(self, mentor: ApplicationId) -> None:
        """Exclude a mentor no longer; a no that one side has said before still counts."""
        self.kept_apart = [one for one in self.kept_apart if one != mentor]

    def why_not_again(self, mentor: ApplicationId) -> str:
        """Explain in a sentence why a mentor of the `excluded` is not asked again."""
        if mentor in self.open.values():
            return "These two are being asked about each other: wait for their answers, or choose another mentor."
        if mentor in self.met:
            return "These two were matched before: choose another mentor."
        return (
            "One of these two has said no to the other, and nobody is asked twice: choose another mentor. "
            "Their declined match says who and why."
        )
