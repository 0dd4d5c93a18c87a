"""Two runs side by side."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from pydantic import BaseModel, Field

from services.matching.algorithm.changes import Change
from services.matching.runs.model.run import MatchRun
from services.matching.runs.model.run_index import RunIndex
from services.matching.runs.views import FiguresView
from shared.web.names import Named


class ChangeView(Named):
    """A mentee whose mentors differ, all by their applications. Scores are sums over the mentee's matches."""

    mentee: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    score_before: float
    score_after: float
    people_by_application: Mapping[str, str] = Field(description="The people of these applications, as far as known")

    @classmethod
    def of(cls, change: Change, people: Mapping[str, str]) -> Self:
        """Show it; `people` are the people by their applications."""
        inside = change.mentee, *change.before, *change.after
        return cls(**dict(change), people_by_application={id: people[id] for id in inside if id in people})

    def people(self) -> Iterable[str]:
        """The mentee and the mentors."""
        return self.people_by_application.values()


class RunComparison(BaseModel):
    """What the `second` run does otherwise than the `first`.

    `changes` are mentees whose mentors differ, who loses most first: no mentor `before` if only the second run has
    matched them, none `after` if only the first has. All figures count the whole runs, not only this page.
    """

    first: FiguresView
    second: FiguresView
    is_same_input: bool
    pairs_in_both: int
    pairs_in_first_only: int
    pairs_in_second_only: int
    mentees_in_first_only: int
    mentees_in_second_only: int
    mentees_better_off: int = Field(description="Matched in both, with a higher score in the second")
    mentees_worse_off: int = Field(description="Matched in both, with a lower score in the second")
    changes: list[ChangeView]
    next: int | None = Field(description="What to send as `after` for the next page; null at the end")

    @classmethod
    def of(
        cls,
        runs: tuple[MatchRun, MatchRun],
        indexes: tuple[RunIndex, RunIndex],
        found: Sequence[Change],
        shown: list[ChangeView],
        after: int,
    ) -> Self:
        """Show it, with those of all changes found that are shown, from the one at the index `after`."""
        first, second = ({*zip(index.mentees, index.mentors, strict=True)} for index in indexes)
        gains = [one.score_after - one.score_before for one in found if one.before and one.after]
        end = after + len(shown)
        return cls(
            first=FiguresView.of(runs[0].figures),
            second=FiguresView.of(runs[1].figures),
            is_same_input=runs[0].record.input_hash == runs[1].record.input_hash,
            pairs_in_both=len(first & second),
            pairs_in_first_only=len(first - second),
            pairs_in_second_only=len(second - first),
            mentees_in_first_only=sum(not one.after for one in found),
            mentees_in_second_only=sum(not one.before for one in found),
            mentees_better_off=sum(gain > 0 for gain in gains),
            mentees_worse_off=sum(gain < 0 for gain in gains),
            changes=shown,
            next=end if end < len(found) else None,
        )
