"""What matching tells: runs, proposals, and what became of them."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts.event import Event
from shared.contracts.fields import Application, Group, Match, Mentee, Mentor, Program, Run
from shared.contracts.intake import Role
from shared.ids import ApplicationId, MatchId, MatchRunId, PersonId


class Contribution(BaseModel):
    """One criterion's part in a score: `value` in [0, 1] times `weight`, as share of the weights both sides stated.

    Codes and numbers only; the words behind them are rendered from profiles where they are shown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    criterion: str
    """What was compared: `areas`, `programming_languages`, `goals`, `experience` or `zone`."""
    value: float
    """How well the two fit in it, from 0 to 1."""
    weight: float
    """How much the program lets it count."""
    contribution: float
    """Its part of the score; all parts add up to the score."""


class MatchRunRequested(Event, aggregate="run", subject="run_id"):
    """A computation over the program's pool has been asked for."""

    run_id: Run
    program_id: Program
    strategy: str = "optimal"
    """How it matches: `optimal`, `stable` or `group`."""
    is_what_if: bool = False
    """Whether it is only looked at: nothing is ever proposed of it."""


class MatchRunCompleted(Event, aggregate="run", subject="run_id"):
    """The computation is done: `size` mentees are matched out of `mentees`, for `seats` seats of `mentors`.

    `input_hash` names the exact input: the same input gives the same result.
    """

    run_id: Run
    program_id: Program
    size: int
    """How many mentees are matched."""
    mentors: int
    """How many mentors had free seats."""
    mentees: int
    """How many mentees were looking for a mentor."""
    seats: int
    """How many seats these mentors had."""
    total_score: float
    """The sum of the scores of all pairs."""
    input_hash: str
    """SHA-256 of the input, in hexadecimal."""
    strategy: str = "optimal"
    """How it was matched: `optimal`, `stable` or `group`."""
    is_what_if: bool = False
    """Whether it is only looked at: nothing is ever proposed of it."""
    worst_score: float = 0
    """The lowest score of a pair, from 0 to 1; 0 if there is none."""
    gap: float = 0
    """What the total may lack at most of what is possible, as a share of that; 0 if it is proved to lack nothing."""


class MatchProposed(Event, aggregate="match", subject="match_id"):
    """A mentor and a mentee are asked whether they want to work together. `score` is in [0, 1]."""

    match_id: Match
    program_id: Program
    run_id: MatchRunId | None = None
    """The run that has found the pair; none if it was proposed by hand or as a next best."""
    mentor_id: Mentor
    mentee_id: Mentee
    mentor_application_id: ApplicationId
    """The mentor's application, under which the profile is on the people topic."""
    mentee_application_id: ApplicationId
    """The mentee's application, under which the profile is on the people topic."""
    score: float
    """How well the two fit, from 0 to 1."""
    reasons: tuple[Contribution, ...] = ()
    """What the score is made of; a criterion that one side said nothing on is not in it."""
    expires_at: AwareDatetime
    """Until when both can answer."""
    group_id: Group = None


class MatchAccepted(Event, aggregate="match", subject="match_id"):
    """Both have said yes: the mentor's seat is taken."""

    match_id: Match
    program_id: Program
    mentor_id: Mentor
    mentee_id: Mentee
    proposed_at: AwareDatetime
    """When the match was proposed: the wait ends with the time of this event."""
    group_id: Group = None


class MatchDeclined(Event, aggregate="match", subject="match_id"):
    """One side has said no."""

    match_id: Match
    program_id: Program
    mentor_id: Mentor
    mentee_id: Mentee
    declined_by: Role
    """Who said no."""
    reason: str = ""
    """`no_time`, `no_fit`, `acquainted`, `conflict_of_interest` or `other`. Not for the other side."""


class MatchExpired(Event, aggregate="match", subject="match_id"):
    """Nobody, or only one side, answered in time."""

    match_id: Match
    program_id: Program
    mentor_id: Mentor
    mentee_id: Mentee


class MatchSuperseded(Event, aggregate="match", subject="match_id"):
    """The proposal is off because another match took the seat or the mentee."""

    match_id: Match
    program_id: Program
    mentor_id: Mentor
    mentee_id: Mentee
    accepted_match_id: MatchId
    """The match that was accepted instead."""


class MatchWithdrawn(Event, aggregate="match", subject="match_id"):
    """A proposal was withdrawn: one of the two has left or paused, has no room, or they are kept apart."""

    match_id: Match
    program_id: Program
    mentor_id: Mentor
    mentee_id: Mentee


class MatchAnswerAwaited(Event, aggregate="match", subject="match_id"):
    """A proposal is still open, days after it was made, because not all have answered."""

    match_id: Match
    program_id: Program
    mentor_id: Mentor
    mentee_id: Mentee
    awaited: tuple[Role, ...]
    """Who has not answered: the mentor, the mentee or both."""
    expires_at: AwareDatetime
    """Until when they can answer."""


class MatchUnwound(Event, aggregate="match", subject="match_id"):
    """An accepted match has ended early, without fault: the mentor's seat is free again."""

    match_id: Match
    program_id: Program
    mentor_id: Mentor
    mentee_id: Mentee
    reason: str
    """Why: `rematch` if one of the two asked for another one, `left` if one has left, `staff` if a manager ended it."""
    group_id: Group = None


class RematchRequested(Event, aggregate="match", subject="match_id"):
    """One of an accepted match asks for another one; it is nobody's fault, and the mentee is looked after first."""

    match_id: Match
    program_id: Program
    mentor_id: Mentor
    mentee_id: Mentee
    requested_by: Role
    """Who asked for it. Not for the other side."""


class ExclusionAdded(Event, aggregate="mentee_requests", subject="mentee_application_id"):
    """These two are not to be proposed to each other."""

    program_id: Program
    mentor_application_id: ApplicationId
    """The mentor's application."""
    mentee_application_id: ApplicationId
    """The mentee's application."""


class NoMatchFound(Event, aggregate="run", subject="run_id"):
    """A run found nobody for a person; `reason` is a stable code such as `seats_taken` or `no_common_language`."""

    run_id: Run
    program_id: Program
    person_id: PersonId
    """Who has no match."""
    application_id: Application
    reason: str
    """Why, such as `seats_taken`, `no_common_language`, `no_seats`, `ad_hoc_only` or `everybody_asked`."""
