"""What matching tells: runs, proposals, and what became of them."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts.event import Event
from shared.contracts.fields import Application, Group, Match, Mentee, Mentor, Person, Program, Run
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


class MatchQuestionAsked(Event, aggregate="match", subject="match_id"):
    """One of the two writes to the other before they decide. What it says stays in the service, for the two alone."""

    match_id: Match
    program_id: Program
    mentor_id: Mentor
    mentee_id: Mentee
    asked_by: Role
    """Who has written: the mentor or the mentee."""
    number: int
    """Which of the messages about this match it is, from 1."""
    expires_at: AwareDatetime
    """Until when both can answer the proposal: the clock has stopped for a week, unless it had twice before."""


class MatchExtended(Event, aggregate="match", subject="match_id"):
    """One of the two needs more time: the clock of the proposal has stopped for a week."""

    match_id: Match
    program_id: Program
    mentor_id: Mentor
    mentee_id: Mentee
    extended_by: Role
    """Who needs more time: the mentor or the mentee."""
    times: int
    """How often the clock has stopped by now, be it by this or by a message; twice at most."""
    expires_at: AwareDatetime
    """Until when both can answer now."""


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


class ExclusionLifted(Event, aggregate="mentee_requests", subject="mentee_application_id"):
    """These two were kept apart, and may be proposed to each other again."""

    program_id: Program
    mentor_application_id: ApplicationId
    """The mentor's application."""
    mentee_application_id: ApplicationId
    """The mentee's application."""


class MatchPinned(Event, aggregate="mentee_requests", subject="mentee_application_id"):
    """These two are to be matched, even if others fit better: by the next run, and by every search until then."""

    program_id: Program
    mentor_application_id: ApplicationId
    """The mentor's application."""
    mentee_application_id: ApplicationId
    """The mentee's application."""


class MatchUnpinned(Event, aggregate="mentee_requests", subject="mentee_application_id"):
    """A pin was taken back. One that has led to a proposal ends with that, and nobody tells it."""

    program_id: Program
    mentor_application_id: ApplicationId
    """The application of the mentor who was pinned."""
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


class LeftWithoutMatch(Event, aggregate="participant", subject="application_id"):
    """Nobody was found for a person, who waits: reported when the wait begins, and then at most once in 30 days."""

    application_id: Application
    program_id: Program
    person_id: Person
    role: Role
    """The side on which the person takes part."""
    reason: str
    """Why, such as `seats_taken`, `no_common_language`, `score_too_low` or `everybody_asked`."""
    since: AwareDatetime
    """Since when the person waits."""
    times: int
    """How often this was reported by now, from 1."""
    next_look_at: AwareDatetime
    """When somebody is looked for again at the latest; as soon as a seat is free, it is done before."""


class WaitingEnded(Event, aggregate="participant", subject="application_id"):
    """Somebody waits no longer: they are asked about a match, or have paused or left."""

    application_id: Application
    program_id: Program
    person_id: Person
    role: Role
    """The side on which the person takes part."""
    times: int
    """How often it was reported that nobody was found."""
