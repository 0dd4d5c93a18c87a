"""Two runs side by side."""

from collections.abc import Sequence
from typing import Self

from pydantic import BaseModel, Field

from services.matching.algorithm.changes import Change, Scored, changes
from services.matching.runs.model.run import MatchRun
from services.matching.runs.model.run_result import RunPair
from services.matching.runs.views import FiguresView


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
    changes: list[Change]
    next: int | None = Field(description="What to send as `after` for the next page; null at the end")

    @classmethod
    def of(
        cls, runs: tuple[MatchRun, MatchRun], pairs: tuple[Sequence[RunPair], Sequence[RunPair]], after: int, limit: int
    ) -> Self:
        """Show it, from the change at the index `after`."""
        first, second = ({(one.mentee_application_id, one.mentor_application_id) for one in some} for some in pairs)
        found = changes(*(map(_scored, some) for some in pairs))
        return cls(
            first=FiguresView.of(runs[0].figures),
            second=FiguresView.of(runs[1].figures),
            is_same_input=runs[0].record.input_hash == runs[1].record.input_hash,
            pairs_in_both=len(first & second),
            pairs_in_first_only=len(first - second),
            pairs_in_second_only=len(second - first),
            mentees_in_first_only=sum(not one.after for one in found),
            mentees_in_second_only=sum(not one.before for one in found),
            changes=found[after : after + limit],
            next=after + limit if after + limit < len(found) else None,
        )


def _scored(pair: RunPair) -> Scored:
    return Scored(pair.mentee_application_id, pair.mentor_application_id, pair.fit.score)
