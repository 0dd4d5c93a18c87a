"""What a match run has found, and how it is kept: in slices."""

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from services.matching.proposals.model.fit import Fit
from shared.contracts.intake import Role
from shared.engine.authoring.aggregate import Aggregate
from shared.ids import ApplicationId, MatchId, PersonId

T = TypeVar("T")

ROWS_PER_SLICE = 100
"""Matches that are proposed, or people who are announced as unmatched, in one transaction."""


class RunOther(BaseModel):
    """The best other mentor whom a mentee could have. If they did, all others would lose `lost` together.

    Points are millionths of a score, what is lost counts as the objective does. It is None where as many could not be
    matched then, and where nothing was proved; if it is not exact, it may be more.
    """

    model_config = ConfigDict(extra="allow")

    mentor_application_id: ApplicationId
    points: int
    lost: int | None = None
    is_exact: bool = False


class RunPair(BaseModel):
    """Two whom the run has matched. `match_id` is the id of their match once it is proposed.

    `is_pinned` if somebody has chosen them before. `outcome` is empty before the run is published, then `proposed`, or
    the code of what stood against it.
    """

    model_config = ConfigDict(extra="allow")

    mentor_application_id: ApplicationId
    mentee_application_id: ApplicationId
    fit: Fit
    is_pinned: bool = False
    match_id: MatchId = MatchId("")
    outcome: str = ""
    other: RunOther | None = None

    @property
    def ids(self) -> tuple[ApplicationId, ApplicationId]:
        """The mentee and the mentor."""
        return self.mentee_application_id, self.mentor_application_id


class UnmatchedPerson(BaseModel):
    """Somebody whom the run has not matched, with a stable code and its figures."""

    model_config = ConfigDict(extra="allow")

    application_id: ApplicationId
    person_id: PersonId
    role: Role
    reason: str
    figures: dict[str, int] = Field(default_factory=dict)


class RunRecord(BaseModel):
    """What the result follows from, besides the settings: the same record and settings give the same result.

    `reference_date` is an ISO date. `pinned` leads from mentees to mentors who were given before, `first` are mentees
    who had priority.
    """

    model_config = ConfigDict(extra="allow")

    input_hash: str = ""
    reference_date: str = ""
    weights: dict[str, float] = Field(default_factory=dict)
    wished_gap_years: float = 0
    versions: dict[str, str] = Field(default_factory=dict)
    pinned: dict[ApplicationId, ApplicationId] = Field(default_factory=dict)
    first: tuple[ApplicationId, ...] = ()


class RunGroup(BaseModel):
    """A group of five people or more on one side, and how it fares."""

    model_config = ConfigDict(extra="allow")

    role: Role
    attribute: str
    group: str
    people: int
    matched: int
    mean_score: float | None = None


class RunReason(BaseModel):
    """How many of a role have nobody for the same reason."""

    model_config = ConfigDict(extra="allow")

    role: Role
    reason: str
    people: int


class RunFigures(BaseModel):
    """What came of it: `size` pairs, in which `matched` of the `mentees` are, for the free `seats` of `mentors`.

    Those who stay out of long-term matching are not counted. `total` is the sum of the scores, `worst` the lowest and
    `fifth_percentile` the one that five in a hundred do not reach, all in millionths. `gap` is what the total may lack,
    as a share of the most that is possible for so many people and pairs. `blocking_pairs` would both rather have each
    other. Of those with priority who had nobody, `first` were matched, and no more than `first_at_most` can be.

    In the pairs are `matched_mentors`. `histogram` counts the scores in ten equal steps. `groups` are those of five
    people or more. `reasons` say who has nobody, in the order in which the run keeps them.
    """

    model_config = ConfigDict(extra="allow")

    size: int = 0
    matched: int = 0
    total: int = 0
    worst: int | None = None
    fifth_percentile: int | None = None
    gap: float = 0
    blocking_pairs: int | None = None
    mentors: int = 0
    mentees: int = 0
    seats: int = 0
    first: int = 0
    first_at_most: int = 0
    matched_mentors: int = 0
    histogram: tuple[int, ...] = ()
    groups: tuple[RunGroup, ...] = ()
    reasons: tuple[RunReason, ...] = ()


class RunResult(BaseModel):
    """All that a computation answers; what it claims was proved before."""

    figures: RunFigures
    record: RunRecord
    pairs: tuple[RunPair, ...]
    unmatched: tuple[UnmatchedPerson, ...]


class RunPairs(Aggregate, name="run_pairs"):
    """A slice of the pairs of a run."""

    pairs: list[RunPair] = Field(default_factory=list)

    def fill(self, pairs: Sequence[RunPair], ids: Sequence[str]) -> None:
        """Keep pairs until the run is published; `ids` are for their matches."""
        self.pairs = [pair.model_copy(update={"match_id": id}) for pair, id in zip(pairs, ids, strict=True)]

    @property
    def mentors(self) -> list[ApplicationId]:
        """The mentor of each pair."""
        return [pair.mentor_application_id for pair in self.pairs]

    @property
    def mentees(self) -> list[ApplicationId]:
        """The mentee of each pair."""
        return [pair.mentee_application_id for pair in self.pairs]

    @property
    def matches(self) -> list[MatchId]:
        """The match of each pair."""
        return [pair.match_id for pair in self.pairs]

    @property
    def applications(self) -> list[ApplicationId]:
        """Everybody in the pairs, mentors first."""
        return self.mentors + self.mentees


class RunUnmatched(Aggregate, name="run_unmatched"):
    """A slice of the people whom a run has not matched."""

    people: list[UnmatchedPerson] = Field(default_factory=list)

    @property
    def applications(self) -> list[ApplicationId]:
        """Everybody in it."""
        return [one.application_id for one in self.people]

    @property
    def mentors(self) -> list[ApplicationId]:
        """The mentors in it."""
        return [one.application_id for one in self.people if one.role is Role.MENTOR]

    @property
    def mentees(self) -> list[ApplicationId]:
        """The mentees in it."""
        return [one.application_id for one in self.people if one.role is Role.MENTEE]


def cut(rows: Sequence[T]) -> list[Sequence[T]]:
    """Cut rows into slices, in their order."""
    return [rows[start : start + ROWS_PER_SLICE] for start in range(0, len(rows), ROWS_PER_SLICE)]


def slice_id(run_id: str, number: int) -> str:
    """Name a slice: slices are sorted by their numbers."""
    return f"{run_id}/{number:05}"


def slice_ids(run_id: str, rows: Sequence[BaseModel]) -> list[str]:
    """Name the slices into which rows are cut."""
    return [slice_id(run_id, number) for number in range(len(cut(rows)))]
