"""What pages read of match runs."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.console.api import Naming, Shown
from services.console.reasons import Reason

UNDER_WAY = ("requested", "running")


class Progress(Shown):
    """The latest that a computation has told."""

    step: str = ""
    steps: int = 0
    at: datetime | None = None


class Objective(Shown):
    """What counts after the number of people and pairs."""

    worst: str = "each"
    total: str = "balanced"
    count_mentors: bool = False


class Certificate(Shown):
    """What was proved; None of a part for which nothing was."""

    mentors: str | None = None
    priority: str | None = None
    worst: str | None = None


class Record(Shown):
    """What a result follows from."""

    input_hash: str = ""
    reference_date: str = ""
    versions: Mapping[str, str] = {}


class Group(Shown):
    """How a group of five people or more fares."""

    role: str
    attribute: str
    group: str
    people: int
    matched: int
    mean_score: float | None = None


class ReasonCount(Shown):
    """How many of a role have nobody for the same reason."""

    role: str
    reason: str
    people: int


class Figures(Shown):
    """What came of a run."""

    size: int
    matched: int
    matched_mentors: int = 0
    total: float
    worst: float | None
    gap: float
    blocking_pairs: int | None
    mentors: int
    mentees: int
    seats: int

    @property
    def mean(self) -> float | None:
        """The mean score of its pairs."""
        return self.total / self.size if self.size else None


class Run(Figures):
    """A run: how it was asked for, how far it is, and what it has found."""

    id: str
    program_id: str
    status: str
    strategy: str
    weights: Mapping[str, float]
    objective: Objective = Objective()
    minimum_score: float = 0
    what_if: bool = False
    time_limit: int = 600
    requested_at: datetime
    completed_at: datetime | None = None
    progress: Progress | None = None
    certificate: Certificate | None = None
    record: Record | None = None
    histogram: Sequence[int] = ()
    fairness: Sequence[Group] = ()
    unmatched: Sequence[ReasonCount] = ()
    pair_slices: int = 0
    proposed: int = 0
    problem: str | None = None
    problem_code: str | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether its result is still awaited."""
        return self.status in UNDER_WAY

    @property
    def has_result(self) -> bool:
        """Whether there is something to look at."""
        return self.record is not None

    @property
    def may_be_published(self) -> bool:
        """Whether its pairs can still become proposals."""
        return self.status == "completed" and not self.what_if

    @property
    def is_proposing(self) -> bool:
        """Whether its pairs are becoming proposals just now."""
        return self.status == "published" and self.proposed < self.pair_slices


class Share(Shown):
    """What a criterion adds to a score."""

    criterion: str
    value: float
    weight: float
    contribution: float


class Other(Shown):
    """The best other mentor for a mentee."""

    mentor_application_id: str
    mentor_id: str | None
    score: float
    gain: float
    price: float | None
    is_price_exact: bool


class Pair(Naming):
    """Two whom a run has matched."""

    mentor_application_id: str
    mentee_application_id: str
    mentor_id: str | None
    mentee_id: str | None
    score: float
    coverage: float
    prior: float
    shares: Sequence[Share]
    other: Other | None = None
    pinned: bool
    outcome: str | None = None
    match_id: str | None = None

    @property
    def better(self) -> Other | None:
        """The mentor whom the mentee would rather have, if there is one."""
        return self.other if self.other and self.other.gain > 0 else None

    @property
    def segments(self) -> list[tuple[float, float]]:
        """What its score is made of, to be drawn: weights, and how well the two fit in each."""
        return [(share.weight, share.value) for share in self.shares]


class ExplainedPair(Pair):
    """A pair with what the two state."""

    reasons: Sequence[Reason] = ()


class Unmatched(Naming):
    """Somebody whom a run has not matched."""

    application_id: str
    person_id: str
    role: str
    reason: str
    figures: Mapping[str, int] = {}
    words: str = ""


class Change(Naming):
    """A mentee whose mentors differ between two runs."""

    mentee: str
    before: Sequence[str]
    after: Sequence[str]
    score_before: float
    score_after: float
    people_by_application: Mapping[str, str] = {}

    def called(self, application: str, otherwise: str) -> str:
        """Return what somebody is called."""
        return self.name(self.people_by_application.get(application, ""), otherwise)


class Comparison(Shown):
    """What the second of two runs does otherwise."""

    first: Figures
    second: Figures
    is_same_input: bool
    pairs_in_both: int
    pairs_in_first_only: int
    pairs_in_second_only: int
    mentees_in_first_only: int
    mentees_in_second_only: int
    mentees_better_off: int = 0
    mentees_worse_off: int = 0
    changes: Sequence[Change]
    next: int | None = None


class Rules(Shown):
    """What happens to what is proposed."""

    proposal_days: int = 7
    proposal_reminder_days: Sequence[int] = ()
    minimum_score: float = 0

    @property
    def reminders(self) -> list[int]:
        """The days on which those who have not answered are reminded."""
        return [day for day in self.proposal_reminder_days if day < self.proposal_days]


class ProgramRules(Shown):
    """A program, as far as its runs need it."""

    title: str
    rules: Rules = Rules()
