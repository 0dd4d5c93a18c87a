"""What matching tells: runs, proposals, and what became of them."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts.event import Event
from shared.contracts.intake import Role
from shared.ids import ApplicationId, MatchId, MatchRunId, PersonId, ProgramId


class Contribution(BaseModel):
    """One criterion's part in a score: `value` in [0, 1] times `weight`, as share of the weights both sides stated.

    Codes and numbers only; the words behind them are rendered from profiles where they are shown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    criterion: str
    value: float
    weight: float
    contribution: float


class MatchRunRequested(Event, aggregate="run", subject="run_id"):
    """A computation over the program's pool has been asked for."""

    run_id: MatchRunId
    program_id: ProgramId


class MatchRunCompleted(Event, aggregate="run", subject="run_id"):
    """The computation is done: `size` mentees are matched out of `mentees`, for `seats` seats of `mentors`.

    `input_hash` names the exact input: the same input gives the same result.
    """

    run_id: MatchRunId
    program_id: ProgramId
    size: int
    mentors: int
    mentees: int
    seats: int
    total_score: float
    input_hash: str


class MatchProposed(Event, aggregate="match", subject="match_id"):
    """A mentor and a mentee are asked whether they want to work together. `score` is in [0, 1]."""

    match_id: MatchId
    program_id: ProgramId
    run_id: MatchRunId | None = None
    mentor_id: PersonId
    mentee_id: PersonId
    mentor_application_id: ApplicationId
    mentee_application_id: ApplicationId
    score: float
    reasons: tuple[Contribution, ...] = ()
    expires_at: AwareDatetime


class MatchAccepted(Event, aggregate="match", subject="match_id"):
    """Both have said yes: the mentor's seat is taken."""

    match_id: MatchId
    program_id: ProgramId
    mentor_id: PersonId
    mentee_id: PersonId
    proposed_at: AwareDatetime


class MatchDeclined(Event, aggregate="match", subject="match_id"):
    """One side has said no."""

    match_id: MatchId
    program_id: ProgramId
    mentor_id: PersonId
    mentee_id: PersonId
    declined_by: Role
    reason: str = ""


class MatchExpired(Event, aggregate="match", subject="match_id"):
    """Nobody, or only one side, answered in time."""

    match_id: MatchId
    program_id: ProgramId
    mentor_id: PersonId
    mentee_id: PersonId


class MatchSuperseded(Event, aggregate="match", subject="match_id"):
    """The proposal is off because another match took the seat or the mentee."""

    match_id: MatchId
    program_id: ProgramId
    mentor_id: PersonId
    mentee_id: PersonId
    accepted_match_id: MatchId


class MatchWithdrawn(Event, aggregate="match", subject="match_id"):
    """The proposal is off because one of the two left the program."""

    match_id: MatchId
    program_id: ProgramId
    mentor_id: PersonId
    mentee_id: PersonId


class NoMatchFound(Event, aggregate="run", subject="run_id"):
    """A run found nobody for a person; `reason` is a stable code such as `seats_taken` or `no_common_language`."""

    run_id: MatchRunId
    program_id: ProgramId
    person_id: PersonId
    application_id: ApplicationId
    reason: str
